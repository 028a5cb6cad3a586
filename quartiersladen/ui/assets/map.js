// A map beside the list or the address field, which say the same without it.
import "leaflet";
import "leaflet.markercluster";

const L = window.L;
const icon = (name, size) => L.divIcon({ className: name, iconSize: [size, size], iconAnchor: name === "q-pin" ? [size / 2, size + 4] : [size / 2, size / 2] });

// Without a network the map shows less and does no harm.
const load = async (url) => {
  try { return url ? await (await fetch(url)).json() : null; } catch { return null; }
};

const pick = (map, box) => {
  const form = box.closest("form");
  const latitude = form.elements[box.dataset.latitude];
  const longitude = form.elements[box.dataset.longitude];
  const kind = form.querySelector(`[name="${box.dataset.kind}"][value="point"]`);
  let pin = null;
  const put = (point) => {
    if (!pin) {
      pin = L.marker(point, { icon: icon("q-pin", 32), draggable: true, keyboard: true, alt: box.dataset.pinLabel, title: box.dataset.pinLabel });
      pin.on("dragend", () => put(pin.getLatLng()));
      pin.addTo(map);
    }
    pin.setLatLng(point);
    latitude.value = point.lat.toFixed(6);
    longitude.value = point.lng.toFixed(6);
    if (kind) { kind.checked = true; kind.dispatchEvent(new Event("change", { bubbles: true })); }
  };
  const putKept = () => { if (latitude.value && longitude.value) put(L.latLng(latitude.value, longitude.value)); };
  putKept();
  // A draft came back after the map was there.
  form.addEventListener("draft:back", putKept);
  form.addEventListener("reset", () => { pin?.remove(); pin = null; });
  map.on("click", (event) => put(event.latlng));
  // The map is moved with the arrow keys; Enter puts the pin into its middle.
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === map.getContainer()) { event.preventDefault(); put(map.getCenter()); }
  });
};

// A pressed point leads to the list of what lies around it; Enter takes the middle of the map.
const askNear = (map, box) => {
  const open = (at) => {
    const link = document.createElement("a");
    const url = new URL(box.dataset.near, location.href);
    url.searchParams.set("ort", `${at.lat.toFixed(5)},${at.lng.toFixed(5)}`);
    link.href = url.href;
    link.textContent = box.dataset.nearLabel;
    L.popup().setLatLng(at).setContent(link).openOn(map);
    link.focus({ preventScroll: true });
  };
  map.on("click", (event) => open(event.latlng));
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === map.getContainer()) { event.preventDefault(); open(map.getCenter()); }
  });
};

const clusterIcon = (box) => (cluster) => {
  const words = document.createElement("span");
  words.className = "q-hidden";
  words.textContent = ` ${box.dataset.clusterLabel}`;
  const mark = document.createElement("span");
  mark.append(String(cluster.getChildCount()), words);
  return L.divIcon({ html: mark, className: "q-cluster", iconSize: [44, 44] });
};

const start = async (box) => {
  box.classList.add("is-ready");
  const map = L.map(box, { maxZoom: 19, zoomControl: true, attributionControl: Boolean(box.dataset.tiles) });
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 19 }).addTo(map);
  map.setView([Number(box.dataset.lat) || 51, Number(box.dataset.lon) || 12], Number(box.dataset.zoom) || 14);
  const area = await load(box.dataset.outline);
  if (area && area.features.length) {
    const layer = L.geoJSON(area, { className: "q-area", interactive: false, style: { fillOpacity: 0.06, weight: 3 } }).addTo(map);
    if (!box.dataset.point) map.fitBounds(layer.getBounds());
  }
  if (box.dataset.point) {
    const [lat, lon] = box.dataset.point.split(",").map(Number);
    L.marker([lat, lon], { icon: icon("q-spot", 24), keyboard: false, alt: "" }).addTo(map);
    map.setView([lat, lon], 16);
  }
  const points = await load(box.dataset.points);
  if (points) {
    const group = L.markerClusterGroup({ showCoverageOnHover: false, iconCreateFunction: clusterIcon(box) });
    L.geoJSON(points, {
      pointToLayer: (feature, at) => L.marker(at, { icon: icon("q-spot", 28), title: feature.properties.title, alt: feature.properties.title }),
      onEachFeature: (feature, layer) => layer.bindPopup(() => {
        const link = document.createElement("a");
        link.href = feature.properties.url;
        link.textContent = `${feature.properties.title} (${feature.properties.state})`;
        return link;
      }),
    }).addTo(group);
    map.addLayer(group);
  }
  if (box.dataset.latitude) pick(map, box);
  else if (box.dataset.near) askNear(map, box);
};

document.querySelectorAll(".q-map").forEach(start);
