// Draws rectangles on a photo; the grid and its field do the same without this file.
const form = document.querySelector("[data-blacken]");
const sheet = form.querySelector("svg");
const layer = form.querySelector("[data-drawn]");
const photo = sheet.querySelector("image");
const count = form.querySelector("[data-count]");
const undo = form.querySelector("[data-undo]");
const field = form.elements.drawn;
const WHOLE = 1000; // thousandths of the picture, as the form sends them
const LEAST = 5; // a press without a movement is no rectangle

const size = () => ({ width: Number(photo.getAttribute("width")), height: Number(photo.getAttribute("height")) });
let boxes = field.value.split(";").filter(Boolean).map((box) => box.split(",").map(Number));

const rectangle = ([left, top, right, bottom]) => {
  const { width, height } = size();
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  shape.setAttribute("x", (left * width) / WHOLE);
  shape.setAttribute("y", (top * height) / WHOLE);
  shape.setAttribute("width", ((right - left) * width) / WHOLE);
  shape.setAttribute("height", ((bottom - top) * height) / WHOLE);
  return shape;
};
const show = (drawing) => {
  layer.replaceChildren(...[...boxes, ...(drawing ? [drawing] : [])].map(rectangle));
  field.value = boxes.map((box) => box.join(",")).join(";");
  count.textContent = `${count.dataset.count} ${boxes.length}`;
  undo.disabled = !boxes.length;
};
const at = (event) => {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(sheet.getScreenCTM().inverse());
  const { width, height } = size();
  const inside = (value, length) => Math.round(Math.min(Math.max(value / length, 0), 1) * WHOLE);
  return [inside(point.x, width), inside(point.y, height)];
};

let start = null;
const between = ([x, y]) => [Math.min(start[0], x), Math.min(start[1], y), Math.max(start[0], x), Math.max(start[1], y)];
sheet.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  event.preventDefault();
  sheet.setPointerCapture(event.pointerId);
  start = at(event);
});
sheet.addEventListener("pointermove", (event) => { if (start) show(between(at(event))); });
sheet.addEventListener("pointerup", (event) => {
  if (!start) return;
  const box = between(at(event));
  start = null;
  if (box[2] - box[0] >= LEAST && box[3] - box[1] >= LEAST) boxes.push(box);
  show();
});
sheet.addEventListener("pointercancel", () => { start = null; show(); });
undo.addEventListener("click", () => { boxes.pop(); show(); });

form.querySelector("[data-drawing]").hidden = false;
sheet.classList.add("is-ready");
show();
