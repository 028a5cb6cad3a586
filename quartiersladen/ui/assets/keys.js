// Keyboard at the desk. Comfort only; whoever does not want single letters switches them off.
const SEQUENCE = 1500; // milliseconds between the two letters of "g a"
const isOn = "keys" in document.body.dataset;
const help = document.getElementById("shortcuts");

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
const tick = () => {
  const box = rows()[current]?.querySelector("input[type=checkbox]");
  if (box) box.click();
  return Boolean(box);
};
// What the page itself offers under a letter comes before what is the same on all pages.
const press = (key) => {
  const target = [`main [data-shortcut="${key}"]`, `[data-shortcut="${key}"]`, `[data-key="${key}"]`]
    .map((wanted) => document.querySelector(wanted)).find(Boolean);
  if (!target) return false;
  if (target.tagName === "DETAILS") { target.open = true; target.querySelector("textarea, input:not([type=hidden]), select")?.focus(); }
  else if (["INPUT", "TEXTAREA"].includes(target.tagName)) target.focus();
  else target.click();
  return true;
};

let first = "";
let timer = 0;
const begin = (key) => {
  first = key;
  clearTimeout(timer);
  timer = setTimeout(() => { first = ""; }, SEQUENCE);
};
const done = (key) => {
  if (first) {
    const both = `${first} ${key}`;
    first = "";
    return press(both);
  }
  if (key === "g") { begin(key); return true; }
  if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "x") return tick();
  else if (key === "?" && help) help.showModal();
  else return press(key);
  return true;
};

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=submit]), textarea, select, [contenteditable]";
document.addEventListener("keydown", (event) => {
  if (!isOn || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest(TYPING) || help?.open) return;
  // Keys such as Enter and quotation marks are no shortcuts, and would spoil the search for one.
  if (/^[a-z?/]$/.test(event.key) && done(event.key)) event.preventDefault();
});
