/** Search, filters and order of the list: reads the form, writes the Filter, shows the counts. */
import { STATE_NAMES } from "./fleet.js";

export class Controls {
  #form;
  #filter;
  #fleet;
  #format;
  #t;
  #result;
  #empty;
  #roster = -1;

  /**
   * @param {object} options
   * @param {HTMLFormElement} options.form
   * @param {HTMLElement} options.result says how many buses are listed
   * @param {HTMLElement} options.empty says why none is
   * @param {import("./filter.js").Filter} options.filter
   * @param {import("./fleet.js").Fleet} options.fleet
   * @param {ReturnType<import("../shared/format.js").formatter>} options.format
   * @param {(key: string, values?: object) => string} options.t
   * @param {() => void} options.onChange
   */
  constructor({ form, result, empty, filter, fleet, format, t, onChange }) {
    this.#form = form;
    this.#result = result;
    this.#empty = empty;
    this.#filter = filter;
    this.#fleet = fleet;
    this.#format = format;
    this.#t = t;
    const changed = () => {
      this.#read();
      onChange();
    };
    form.addEventListener("input", changed);
    form.addEventListener("reset", () => queueMicrotask(changed));
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  get search() {
    return this.#form.elements.query;
  }

  /** Against forged requests. */
  get token() {
    return this.#form.elements.csrfmiddlewaretoken.value;
  }

  get onlyInView() {
    return this.#form.elements.in_view.checked;
  }

  clear() {
    this.#form.reset();
  }

  /** @param {number} listed how many buses the list holds now */
  draw(listed) {
    if (this.#roster !== this.#fleet.roster) this.#fillChoices();
    STATE_NAMES.forEach((name, state) => {
      const count = this.#form.querySelector(`[data-count="${name}"]`);
      const text = this.#format.count(this.#filter.counts[state]);
      if (count.textContent !== text) count.textContent = text;
    });
    const total = this.#format.count(this.#fleet.size);
    const text = listed === this.#fleet.size
      ? this.#t("buses", { n: this.#fleet.size, count: total })
      : this.#t("buses_of", { count: this.#format.count(listed), total });
    if (this.#result.textContent !== text) this.#result.textContent = text;
    this.#empty.hidden = listed > 0;
    this.#empty.textContent = this.#t(this.#fleet.size ? "no_match" : "no_buses");
    this.#form.classList.toggle("is-filtering", this.#filter.isActive || this.onlyInView);
  }

  #read() {
    const { query, operator, school, order } = this.#form.elements;
    this.#filter.query = query.value.trim();
    this.#filter.operator = operator.value;
    this.#filter.school = school.value;
    this.#filter.order = order.value;
    const states = this.#form.querySelectorAll("[name='state']:checked");
    this.#filter.states = new Set(Array.from(states, (box) => STATE_NAMES.indexOf(box.value)));
  }

  #fillChoices() {
    this.#roster = this.#fleet.roster;
    for (const name of ["operator", "school"]) {
      const select = this.#form.elements[name];
      const names = [...new Set(this.#fleet.buses.map((bus) => bus[name]).filter(Boolean))].sort();
      const chosen = select.value;
      select.replaceChildren(select.options[0], ...names.map((text) => new Option(text, text)));
      select.value = names.includes(chosen) ? chosen : "";
    }
    this.#read();
  }
}
