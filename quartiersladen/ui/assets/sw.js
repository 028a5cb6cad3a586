// Opens the report form without a network. Rules over the form's own address alone (its scope), so
// that the desk, status pages, pages of bodies and their files never pass through here. Sends
// nothing: what was typed goes out only when the person presses the button.
const CACHE = "report-form-1";
const PATIENCE = 8000; // milliseconds until a network that does not answer counts as none
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const LAST = "last-language";

const form = () => new URL(self.registration.scope);
const shell = (language) => {
  const url = form();
  url.search = new URLSearchParams({ huelle: "1", lang: language });
  return url.href;
};
const store = () => caches.open(`${CACHE} ${form().pathname}`);
const partsOf = (html) => [...html.matchAll(/<(?:link|script)\b[^>]*?\b(?:href|src)="([^"]+\.(?:css|js|svg))"/g)].map((found) => new URL(found[1], form()).href);
const fontsOf = (css, base) => [...css.matchAll(/url\("?([^")]+\.woff2)"?\)/g)].map((found) => new URL(found[1], base).href);
const plain = { credentials: "omit", cache: "no-cache" };

// Keeps the form in one language: first everything it needs, then the page, so that a page never
// stands there without its own styles. Without cookies, so that nothing personal is in it.
const keep = async (language) => {
  const cache = await store();
  const response = await fetch(shell(language), plain);
  if (!response.ok || response.redirected) return;
  const html = await response.clone().text();
  for (const part of partsOf(html)) await keepPart(cache, part);
  await cache.put(shell(language), response);
  await cache.put(LAST, new Response(language));
  await forgetOld(cache);
};
const keepPart = async (cache, part) => {
  if (HASHED.test(part) && (await cache.match(part))) return;
  const response = await fetch(part, plain);
  if (!response.ok) throw new Error(part);
  if (part.includes(".css")) {
    for (const font of fontsOf(await response.clone().text(), part)) if (!(await cache.match(font))) await cache.add(font);
  }
  await cache.put(part, response);
};
// Styles and scripts that no kept page asks for any more.
const forgetOld = async (cache) => {
  const needed = new Set();
  const kept = await cache.keys();
  for (const request of kept.filter((one) => one.url.startsWith(form().href) && one.url.includes("huelle="))) {
    for (const part of partsOf(await (await cache.match(request)).text())) needed.add(part);
  }
  for (const request of kept) {
    if (/\.(?:css|js|svg)$/.test(new URL(request.url).pathname) && !needed.has(request.url)) await cache.delete(request);
  }
};

const kept = async (url) => {
  const cache = await store();
  const asked = url.searchParams.get("lang");
  const last = await (await cache.match(LAST))?.text();
  return (asked && (await cache.match(shell(asked)))) || (last && cache.match(shell(last)));
};
const open = async (request) => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    return await fetch(request, { signal: stop.signal });
  } catch (fault) {
    const page = await kept(new URL(request.url));
    if (page) return page;
    throw fault;
  } finally {
    clearTimeout(timer);
  }
};
const part = async (request) => {
  const cache = await store();
  const known = await cache.match(request.url);
  if (known && HASHED.test(request.url)) return known;
  try {
    return await fetch(request);
  } catch (fault) {
    if (known) return known;
    throw fault;
  }
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => { if (event.data?.keep) event.waitUntil(keep(event.data.keep).catch(() => {})); });
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === form().pathname) event.respondWith(open(request));
  } else if (/\.(?:css|js|svg|woff2)$/.test(url.pathname)) {
    event.respondWith(part(request));
  }
});
