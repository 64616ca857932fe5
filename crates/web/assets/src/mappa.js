// Maps of the reports. Without a tile address the ground is a neutral grid with the streets of the ente's GeoJSON: no foreign request.
import L from "leaflet";

const words = {
  zoomInTitle: "Ingrandisci",
  zoomOutTitle: "Rimpicciolisci",
};

/** "lat,lon" -> [lat, lon], or null. */
function pair(text) {
  const numbers = (text ?? "").split(",").map((n) => Number.parseFloat(n));
  return numbers.length === 2 && numbers.every(Number.isFinite) ? numbers : null;
}

/** A pin drawn by style sheet: no picture to load. */
const pin = (kind = "") => L.divIcon({ className: `segnaposto ${kind}`, iconSize: [32, 40], iconAnchor: [16, 38], popupAnchor: [0, -34] });

const Grid = L.GridLayer.extend({
  createTile() {
    const tile = document.createElement("div");
    tile.className = "mappa-quadretto";
    return tile;
  },
});

async function json(address) {
  const answer = await fetch(address, { headers: { accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

/** Streets and boundary under the points. */
async function streets(map, address) {
  if (!address) return;
  try {
    L.geoJSON(await json(address), {
      interactive: false,
      style: (f) => ({ className: f.properties?.tipo === "confine" ? "mappa-confine" : "mappa-strada" }),
      pointToLayer: (f, at) =>
        L.marker(at, { interactive: false, keyboard: false, icon: L.divIcon({ className: "mappa-nome", html: "", iconSize: null }) }).on("add", (e) => {
          e.target.getElement().textContent = f.properties?.nome ?? "";
        }),
    }).addTo(map);
  } catch (error) {
    console.warn("streets are not shown:", error);
  }
}

/** Points with a title and a link. Text only: titles come from citizens. */
async function points(map, address) {
  if (!address) return;
  const layer = L.geoJSON(await json(address), {
    pointToLayer: (f, at) => L.marker(at, { icon: pin(f.properties?.stato === "chiusa" ? "chiusa" : ""), title: f.properties?.titolo ?? "", alt: f.properties?.titolo ?? "" }),
    onEachFeature: (f, marker) => {
      const box = document.createElement("div");
      const link = document.createElement("a");
      link.href = f.properties?.href ?? "#";
      link.textContent = f.properties?.titolo ?? "Segnalazione";
      box.append(link);
      if (f.properties?.stato) {
        const status = document.createElement("p");
        status.textContent = f.properties.stato;
        box.append(status);
      }
      marker.bindPopup(box);
    },
  }).addTo(map);
  if (layer.getLayers().length > 0) map.fitBounds(layer.getBounds(), { padding: [32, 32], maxZoom: 16 });
}

/** A pin that writes the fields, and fields that move the pin. */
function chooser(map, box) {
  const lat = document.getElementById(box.dataset.lat);
  const lon = document.getElementById(box.dataset.lon);
  let marker = null;
  const write = ({ lat: y, lng: x }) => {
    lat.value = y.toFixed(6);
    lon.value = x.toFixed(6);
  };
  const put = (at, pan) => {
    if (!marker) {
      marker = L.marker(at, { draggable: true, autoPan: true, icon: pin(), title: "Punto della segnalazione", alt: "Punto della segnalazione" }).addTo(map);
      marker.on("dragend", () => write(marker.getLatLng()));
      marker.getElement().addEventListener("keydown", (event) => {
        const step = { ArrowUp: [0, -8], ArrowDown: [0, 8], ArrowLeft: [-8, 0], ArrowRight: [8, 0] }[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        const moved = map.containerPointToLatLng(map.latLngToContainerPoint(marker.getLatLng()).add(step));
        marker.setLatLng(moved);
        map.panInside(moved, { padding: [40, 40] });
        write(moved);
      });
    }
    marker.setLatLng(at);
    if (pan) map.setView(at, Math.max(map.getZoom(), 17));
  };
  map.on("click", (event) => {
    put(event.latlng, false);
    write(event.latlng);
  });
  const read = () => {
    const at = pair(`${lat.value},${lon.value}`);
    if (at) put(at, true);
  };
  lat.addEventListener("change", read);
  lon.addEventListener("change", read);
  read();
  // The keyboard's way to a first pin: Enter on the map puts it in the middle.
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== map.getContainer()) return;
    event.preventDefault();
    put(map.getCenter(), false);
    write(map.getCenter());
    marker.getElement().focus();
  });
  return (at) => {
    put(at, true);
    write(L.latLng(at));
  };
}

/** "Usa la mia posizione": asked only on a click, never before. */
function position(root, choose) {
  const button = root.querySelector("[data-posizione]");
  const outcome = root.querySelector("[data-posizione-esito]");
  if (!button || !("geolocation" in navigator)) return;
  root.querySelector("[data-solo-script]").hidden = false;
  button.addEventListener("click", () => {
    outcome.textContent = "Cerco la tua posizione...";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        choose([coords.latitude, coords.longitude]);
        outcome.textContent = `Posizione trovata, con uno scarto di circa ${Math.round(coords.accuracy)} metri. Controlla il segnaposto.`;
      },
      () => (outcome.textContent = "Non riesco a sapere dove sei: indica il punto sulla mappa o scrivi l'indirizzo."),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}

function start(box) {
  box.hidden = false;
  const map = L.map(box, { zoomControl: false, attributionControl: false, scrollWheelZoom: false, minZoom: 10, maxZoom: 19 });
  L.control.zoom(words).addTo(map);
  L.control.attribution({ prefix: false }).addTo(map);
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", box.dataset.etichetta);
  const one = pair(box.dataset.punto);
  map.setView(one ?? pair(box.dataset.centro) ?? [42.5, 12.5], one ? 17 : 14);
  if (box.dataset.tessere) {
    // The attribution is plain text: the operator's words, not markup.
    const source = document.createElement("span");
    source.textContent = box.dataset.fonte ?? "";
    L.tileLayer(box.dataset.tessere, { maxZoom: 19, attribution: source.innerHTML }).addTo(map);
  } else {
    new Grid({ tileSize: 256 }).addTo(map);
  }
  streets(map, box.dataset.geojson);
  points(map, box.dataset.punti).catch((error) => console.warn("points are not shown:", error));
  if (one) L.marker(one, { icon: pin(), interactive: false, keyboard: false, alt: "" }).addTo(map);
  if (box.dataset.lat) {
    const choose = chooser(map, box);
    const root = box.closest("[data-luogo]");
    if (root) position(root, choose);
  }
}

for (const box of document.querySelectorAll("[data-mappa]")) start(box);
