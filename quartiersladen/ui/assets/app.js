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
  if (form.method !== "post" || event.defaultPrevented) return;
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

// Keyboard at the desk.
const rows = () => [...document.querySelectorAll("[data-rows] tr, [data-rows] > li")].filter((row) => row.querySelector("a"));
let current = -1;
const step = (by) => {
  const all = rows();
  if (!all.length) return;
  all[current]?.classList.remove("is-current");
  current = Math.min(Math.max(current + by, 0), all.length - 1);
  all[current].classList.add("is-current");
  all[current].querySelector("a").focus();
};
const press = (key) => {
  const target = document.querySelector(`[data-shortcut="${key}"]`);
  if (!target) return false;
  if (target.tagName === "DETAILS") { target.open = true; target.querySelector("textarea, input:not([type=hidden]), select")?.focus(); }
  else if (["INPUT", "TEXTAREA"].includes(target.tagName)) target.focus();
  else target.click();
  return true;
};
document.addEventListener("keydown", (event) => {
  if (!document.body.classList.contains("q-desk") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const help = document.getElementById("shortcuts");
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "?" && help) help.showModal();
  else if (!press(event.key)) return;
  event.preventDefault();
});
