// Keeps the verifier's pages on the device. `guichet` is put before this file by the page that serves it:
// {version, files}. A new version takes over as soon as all of its files are here.

const NAME = `guichet-offline-${self.guichet.version}`;
const FILES = new Set(self.guichet.files);

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const store = await caches.open(NAME);
    await store.addAll([...FILES].map((path) => new Request(path, { cache: "reload" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("guichet-offline-") && name !== NAME) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin || !FILES.has(pathname)) return;
  event.respondWith((async () => {
    const store = await caches.open(NAME);
    return await store.match(pathname, { ignoreVary: true }) ?? fetch(event.request);
  })());
});
