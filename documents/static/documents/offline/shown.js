// Puts a verdict on the page. All words stand in the page's templates, in the reader's language.

const { zone, country } = document.querySelector("[data-zone]").dataset;
// As that language writes dates in that country.
const language = `${document.documentElement.lang.split("-")[0]}-${country}`;

// `place` is emptied and filled; returns the heading, for the focus.
export function show(place, { say, notes, claims, age = null }) {
  const words = document.querySelector(`template[data-say="${say}"]`);
  place.className = words.dataset.class;
  place.replaceChildren(words.content.cloneNode(true));
  for (const note of notes) {
    place.append(document.querySelector(`template[data-note="${note}"]`).content.cloneNode(true));
  }
  if (claims) place.append(ticket(claims, words.dataset.outcome));
  if (age !== null) {
    const by = document.querySelector("template[data-by]").content.cloneNode(true);
    by.querySelector("[data-when]").textContent = ago(age);
    place.append(by);
  }
  return place.querySelector("h2");
}

// "3 hours ago", in the reader's language.
export function ago(seconds) {
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = steps.find(([, each]) => seconds >= each) ?? steps.at(-1);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.floor(Math.max(0, seconds) / size), unit);
}

function ticket(claims, outcome) {
  const made = document.querySelector("template[data-ticket]").content.cloneNode(true);
  const fill = (name, value) => {
    const row = made.querySelector(`[data-row="${name}"]`);
    if (value) made.querySelector(`[data-fact="${name}"]`).textContent = value;
    else row?.remove();
  };
  fill("title", [title(claims), copyOf(claims)].filter(Boolean).join(" · "));
  fill("number", claims.number);
  fill("entry", claims.entry);
  fill("office", claims.office);
  fill("signed", day(claims.signedAt));
  fill("until", claims.expiresAt && day(claims.expiresAt - 1));
  const people = made.querySelector("[data-people]");
  for (const { name, bornOn } of claims.people) {
    const one = people.querySelector("template").content.cloneNode(true);
    one.querySelector("[data-name]").textContent = name;
    if (bornOn) one.querySelector("[data-born]").textContent = date(bornOn);
    else one.querySelector("small").remove();
    people.append(one);
  }
  const rows = made.querySelector("dl");
  for (const [fact, said] of claims.more) {
    const row = made.querySelector("template[data-more]").content.cloneNode(true);
    row.querySelector("dt").textContent = word("fact", fact);
    row.querySelector("dd").textContent = said;
    rows.append(row);
  }
  if (outcome !== "current") made.querySelector("[data-compare]").remove();
  return made;
}

const title = ({ type, kind }) => word("title", `${type} ${kind}`, word("title", type));
const copyOf = ({ copy, copyNo }) => (copy === "original" ? "" : word("copy", copy).replace("%", copyNo));

function word(list, name, otherwise = name.replaceAll("_", " ")) {
  const words = document.querySelector(`template[data-words="${list}"]`).content;
  return [...words.children].find((each) => each.getAttribute("value") === name)?.textContent ?? otherwise;
}

function day(seconds) {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: zone }).format(seconds * 1000);
}

function date(iso) {
  const moment = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(moment.getTime()) ? iso : new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(moment);
}
