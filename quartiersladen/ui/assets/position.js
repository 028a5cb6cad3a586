// Comfort only: a button that fills in where one stands. Without it there is the address field.
const say = (out, words) => { out.textContent = words; };

document.querySelectorAll("[data-position]").forEach((button) => {
  if (!navigator.geolocation) return;
  const form = button.form;
  const out = document.getElementById(button.getAttribute("aria-describedby"));
  button.hidden = false;
  button.addEventListener("click", () => {
    say(out, button.dataset.asking);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.latitude.value = coords.latitude.toFixed(6);
        form.elements.longitude.value = coords.longitude.toFixed(6);
        say(out, button.dataset.found.replace("{m}", Math.round(coords.accuracy)));
        form.dispatchEvent(new Event("draft:back")); // the map puts its pin there
      },
      () => say(out, button.dataset.failed),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 },
    );
  });
});
