/** The list of buses: only the rows in sight exist, so ten thousand scroll like ten; worked by keyboard as a listbox. */
import { STATE_NAMES } from "./fleet.js";

const ROW_PX = 60;
const SPARE_ROWS = 4;

export class BusList {
  #viewport;
  #canvas;
  #template;
  #fleet;
  #format;
  #t;
  #now;
  #gradeAge;
  #onSelect;
  #rows = new Map();
  #order = new Uint32Array(0);
  #activeId = null;
  #selectedId = null;
  #scrollTop = 0;
  #height = 0;

  /**
   * @param {object} options
   * @param {HTMLElement} options.viewport the scrolling listbox
   * @param {HTMLTemplateElement} options.template of a row
   * @param {import("./fleet.js").Fleet} options.fleet
   * @param {ReturnType<import("../shared/format.js").formatter>} options.format
   * @param {(key: string, values?: object) => string} options.t
   * @param {() => number} options.now
   * @param {(ageMs: number) => string} options.gradeAge
   * @param {(busId: number) => void} options.onSelect
   */
  constructor({ viewport, template, fleet, format, t, now, gradeAge, onSelect }) {
    this.#viewport = viewport;
    this.#canvas = viewport.appendChild(document.createElement("div"));
    this.#canvas.className = "bus-list-canvas";
    this.#canvas.setAttribute("role", "presentation");
    this.#template = template;
    this.#fleet = fleet;
    this.#format = format;
    this.#t = t;
    this.#now = now;
    this.#gradeAge = gradeAge;
    this.#onSelect = onSelect;
    viewport.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    viewport.addEventListener("keydown", (event) => this.#onKey(event));
    viewport.addEventListener("click", (event) => this.#onClick(event));
    new ResizeObserver(() => this.#scrolled()).observe(viewport);
  }

  get length() {
    return this.#order.length;
  }

  /** @param {Uint32Array} order slots, in order */
  setOrder(order) {
    if (order.length !== this.#order.length) this.#canvas.style.height = `${order.length * ROW_PX}px`;
    this.#order = order;
    this.draw();
  }

  /** @param {number | null} busId @param {boolean} reveal whether to scroll to it */
  setSelected(busId, reveal) {
    this.#selectedId = busId;
    if (busId !== null) this.#activeId = busId;
    if (reveal) this.#reveal(this.#indexOf(busId));
    this.draw();
  }

  /** Moves the keyboard's row by so many. @param {number} step */
  move(step) {
    if (!this.#order.length) return;
    const next = Math.min(this.#order.length - 1, Math.max(0, this.#indexOf(this.#activeId) + step));
    this.#activeId = this.#fleet.buses[this.#order[next]].id;
    this.#reveal(next);
    this.draw();
  }

  chooseActive() {
    if (this.#indexOf(this.#activeId) >= 0) this.#onSelect(this.#activeId);
  }

  /** Brings the rows in sight up to date. */
  draw() {
    const first = Math.max(0, Math.floor(this.#scrollTop / ROW_PX) - SPARE_ROWS);
    const last = Math.min(this.#order.length, Math.ceil((this.#scrollTop + this.#height) / ROW_PX) + SPARE_ROWS);
    const unused = new Map(this.#rows);
    for (let index = first; index < last; index += 1) {
      const slot = this.#order[index];
      if (slot >= this.#fleet.size) continue;
      const { id } = this.#fleet.buses[slot];
      unused.delete(id);
      if (!this.#rows.has(id)) this.#rows.set(id, this.#makeRow(id));
      this.#fill(this.#rows.get(id), slot, index);
    }
    for (const [id, row] of unused) {
      row.element.remove();
      this.#rows.delete(id);
    }
    const active = this.#rows.get(this.#activeId);
    if (active) this.#viewport.setAttribute("aria-activedescendant", active.element.id);
    else this.#viewport.removeAttribute("aria-activedescendant");
  }

  /** Remembers what is in sight: asking at each drawing would make the browser lay out the page each time. */
  #scrolled() {
    this.#scrollTop = this.#viewport.scrollTop;
    this.#height = this.#viewport.clientHeight;
    this.draw();
  }

  #makeRow(id) {
    const element = this.#template.content.firstElementChild.cloneNode(true);
    element.id = `bus-row-${id}`;
    element.dataset.busId = id;
    this.#canvas.append(element);
    const part = (name) => element.querySelector(`[data-part="${name}"]`);
    return { element, plate: part("plate"), about: part("about"), speed: part("speed"), state: part("state"), age: part("age"), shown: {} };
  }

  #fill(row, slot, index) {
    const fleet = this.#fleet;
    const bus = fleet.buses[slot];
    const ageMs = this.#now() - fleet.heardMs[slot];
    const age = this.#gradeAge(ageMs);
    const seen = fleet.hasPosition(slot);
    const state = STATE_NAMES[fleet.state[slot]];
    const speed = fleet.speedMps[slot];
    const { element } = row;
    write(row, "plate", bus.plate);
    write(row, "about", [bus.route, bus.school || bus.operator].filter(Boolean).join(" · "));
    write(row, "speed", seen && !Number.isNaN(speed) && age !== "old" ? this.#format.speed(speed) : "");
    write(row, "state", this.#t(seen ? `state_${state}` : "no_position_yet"));
    write(row, "age", Number.isNaN(ageMs) ? "" : this.#format.ago(ageMs));
    mark(row, "state", seen ? state : "never");
    mark(row, "age", age);
    mark(row, "active", String(bus.id === this.#activeId));
    if (row.shown.selected !== (bus.id === this.#selectedId)) {
      row.shown.selected = bus.id === this.#selectedId;
      element.setAttribute("aria-selected", String(row.shown.selected));
    }
    if (row.shown.index !== index) {
      row.shown.index = index;
      element.style.transform = `translateY(${index * ROW_PX}px)`;
      element.setAttribute("aria-posinset", index + 1);
    }
    if (row.shown.size !== this.#order.length) {
      row.shown.size = this.#order.length;
      element.setAttribute("aria-setsize", this.#order.length);
    }
  }

  #indexOf(busId) {
    return busId === null ? -1 : this.#order.indexOf(this.#fleet.slot(busId));
  }

  #reveal(index) {
    if (index < 0) return;
    const { scrollTop, clientHeight } = this.#viewport;
    const top = index * ROW_PX;
    if (top < scrollTop) this.#viewport.scrollTop = top;
    else if (top + ROW_PX > scrollTop + clientHeight) this.#viewport.scrollTop = top + ROW_PX - clientHeight;
  }

  #onKey(event) {
    const page = Math.max(1, Math.floor(this.#viewport.clientHeight / ROW_PX) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.#order.length, End: this.#order.length };
    if (event.key in steps) this.move(steps[event.key]);
    else if (event.key === "Enter" || event.key === " ") this.chooseActive();
    else return;
    event.preventDefault();
  }

  #onClick(event) {
    const row = event.target.closest("[data-bus-id]");
    if (row) this.#onSelect(Number(row.dataset.busId));
  }
}

function write(row, name, text) {
  if (row.shown[`text_${name}`] === text) return;
  row.shown[`text_${name}`] = text;
  row[name].textContent = text;
}

function mark(row, name, value) {
  if (row.shown[`mark_${name}`] === value) return;
  row.shown[`mark_${name}`] = value;
  row.element.dataset[name] = value;
}
