// Comfort only: every deed works without this file.
import htmx from "htmx.org";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
// A refusal (409, 422) carries the form with its explanation: show it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// A second press while the first is on its way sends nothing; coming back re-enables.
document.addEventListener("submit", (event) => {
  const form = event.target;
  // A form that answers with a file stays on the page and may be sent again.
  if (form.method !== "post" || event.defaultPrevented || "many" in form.dataset) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

document.querySelector("[data-focus]")?.focus();
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// Names of chosen photos, read out to those who do not see the field.
document.querySelectorAll("input[type=file][data-chosen]").forEach((input) => {
  const out = document.getElementById(input.dataset.chosen);
  input.addEventListener("change", () => {
    if (out) out.textContent = [...input.files].map((file) => file.name).join(", ");
  });
});

// Fields that only one answer needs: shown with that answer, hidden otherwise.
const showNeeded = (form) => {
  form.querySelectorAll("[data-when]").forEach((part) => {
    const [name, values] = part.dataset.when.split("=");
    const chosen = form.querySelector(`[name="${name}"]:checked`)?.value ?? form.elements[name]?.value;
    // A mistake stays to be seen, whatever is chosen.
    part.hidden = !values.split("|").includes(chosen) && !part.querySelector("[aria-invalid]");
  });
};
const watch = (part) => part.querySelectorAll("form").forEach((form) => {
  if (!form.querySelector("[data-when]")) return;
  showNeeded(form);
  form.addEventListener("change", () => showNeeded(form));
});
watch(document);
// Parts that are fetched later.
document.addEventListener("htmx:afterSwap", (event) => {
  const part = document.getElementById(event.detail.target.id);
  if (part) watch(part);
});
