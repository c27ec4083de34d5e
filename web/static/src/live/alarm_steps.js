/** What can be done with the chosen alarm, by buttons and keys; the server says who was quicker. */

/** Takes steps with alarms on the server. */
export class AlarmSteps {
  #dialog;
  #token;
  #panel;
  #toast;
  #t;

  /**
   * @param {object} options
   * @param {import("./alarms.js").AlarmPanel} options.panel
   * @param {HTMLElement} options.root the panel's element, whose buttons have `data-step`
   * @param {HTMLDialogElement} options.dialog asks for reason and note
   * @param {HTMLElement} options.toast a polite live region with a button to undo
   * @param {(key: string, values?: object) => string} options.t
   */
  constructor({ panel, root, dialog, toast, t }) {
    this.#panel = panel;
    this.#dialog = dialog;
    this.#toast = toast;
    this.#t = t;
    this.#token = dialog.querySelector("[name=csrfmiddlewaretoken]").value;
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-step]");
      if (button) this.take(button.dataset.step);
    });
    dialog.querySelector("form").addEventListener("submit", (event) => this.#answered(event));
    dialog.querySelector("[data-part=cancel]").addEventListener("click", () => dialog.close());
  }

  /** @param {"acknowledge" | "assign" | "resolve"} step with the chosen alarm */
  take(step) {
    const alarm = this.#panel.chosen;
    if (!alarm) return undefined;
    if (step === "resolve") return this.#ask(alarm);
    return this.#send(alarm, step, step === "assign" ? { assignee: "me" } : {});
  }

  #ask(alarm) {
    const form = this.#dialog.querySelector("form");
    form.reset();
    form.elements.note.required = alarm.severity !== "medium";
    this.#dialog.querySelector("[data-part=what]").textContent = `${alarm.plate} · ${alarm.kind_label}`;
    this.#dialog.querySelector("[data-part=problem]").textContent = "";
    this.#dialog.showModal();
  }

  async #answered(event) {
    event.preventDefault();
    const { reason, note } = event.target.elements;
    const alarm = this.#panel.chosen;
    const problem = await this.#send(alarm, "resolve", { reason: reason.value, note: note.value });
    if (problem) {
      this.#dialog.querySelector("[data-part=problem]").textContent = problem;
      return;
    }
    this.#dialog.close();
    this.#say(this.#t("alarm_resolved", { kind: alarm.kind_label, plate: alarm.plate }), () => this.#undo(alarm.id, alarm.version + 1));
  }

  #undo(id, version) {
    return this.#send({ id, version }, "undo", {});
  }

  /** @returns {Promise<string>} what is in the way; empty where it was done */
  async #send(alarm, step, fields) {
    const body = new URLSearchParams({ version: alarm.version, ...fields });
    let problem = this.#t("step_failed");
    try {
      const response = await fetch(`/alarms/${alarm.id}/${step}/`, {
        method: "POST", body, headers: { "X-CSRFToken": this.#token, Accept: "application/json" },
      });
      const answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
      if (answer.alarm) this.#panel.put(answer.alarm);
      if (response.ok) return "";
      problem = answer.error ?? problem;
    } catch {
      // Offline: what the reader is told is the same.
    }
    this.#say(problem);
    return problem;
  }

  #say(text, undo = null) {
    this.#toast.querySelector("[data-part=text]").textContent = text;
    const button = this.#toast.querySelector("button");
    button.hidden = undo === null;
    button.onclick = () => {
      this.#toast.hidden = true;
      undo?.();
    };
    this.#toast.hidden = false;
    clearTimeout(this.hideTimer);
    this.hideTimer = setTimeout(() => (this.#toast.hidden = true), 12_000);
  }
}
