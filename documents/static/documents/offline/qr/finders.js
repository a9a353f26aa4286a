// The three eyes of a symbol: dark, light, dark, light, dark, as 1 : 1 : 3 : 1 : 1 in any direction.

const KEPT_MAX = 14, TRIPLES_MAX = 10;

// Return likely triples, best first, each as {corner, right, below}: points in pixels.
export function triples(dark, width, height) {
  const eyes = found(dark, width, height).sort((a, b) => b.seen - a.seen).slice(0, KEPT_MAX);
  const all = [];
  for (let i = 0; i < eyes.length; i++) {
    for (let j = i + 1; j < eyes.length; j++) {
      for (let k = j + 1; k < eyes.length; k++) {
        const made = triple(eyes[i], eyes[j], eyes[k]);
        if (made) all.push(made);
      }
    }
  }
  return all.sort((a, b) => a.wrong - b.wrong).slice(0, TRIPLES_MAX);
}

function found(dark, width, height) {
  const eyes = [], step = height > 900 ? 2 : 1;
  for (let y = 0; y < height; y += step) {
    const runs = [0, 0, 0, 0, 0];
    let now = dark[y * width], length = 0, count = 0;
    for (let x = 0; x <= width; x++) {
      const here = x < width ? dark[y * width + x] : 2;
      if (here === now) { length++; continue; }
      runs.shift();
      runs.push(length);
      count++;
      if (now === 1 && count >= 5 && looksRight(runs)) {
        const middle = x - runs[4] - runs[3] - runs[2] / 2;
        note(eyes, centred(dark, width, height, middle, y, sum(runs)));
      }
      now = here;
      length = 1;
    }
  }
  return eyes;
}

function looksRight(runs) {
  const total = sum(runs);
  if (total < 7) return false;
  const unit = total / 7, slack = unit * 0.7 + 0.4;
  return runs.every((run, i) => run > 0 && Math.abs(run - unit * (i === 2 ? 3 : 1)) < slack * (i === 2 ? 1.8 : 1));
}

// Look at what a row found along the column and the row through its middle, or return null.
function centred(dark, width, height, x, y, total) {
  const column = across(dark, width, height, x, y, 0, 1);
  if (!column || Math.abs(column.total - total) > total * 0.5) return null;
  const middle = y + column.shift;
  const row = across(dark, width, height, x, middle, 1, 0);
  if (!row || Math.abs(row.total - column.total) > column.total * 0.5) return null;
  return { x: x + row.shift, y: middle, unit: (row.total + column.total) / 14, seen: 1 };
}

// Return how wide the eye is through a point along (dx, dy), and how far its middle lies from it.
function across(dark, width, height, x, y, dx, dy) {
  const ahead = arm(dark, width, height, x, y, dx, dy);
  const back = arm(dark, width, height, x, y, -dx, -dy);
  if (!ahead || !back) return null;
  const runs = [back[2], back[1], ahead[0] + back[0] - 1, ahead[1], ahead[2]];
  if (!looksRight(runs)) return null;
  return { total: sum(runs), shift: (ahead[0] - back[0]) / 2 };
}

function arm(dark, width, height, x, y, dx, dy) {
  const runs = [0, 0, 0];
  let px = Math.floor(x), py = Math.floor(y);
  for (let part = 0; part < 3; part++) {
    const wanted = part === 1 ? 0 : 1;
    while (px >= 0 && py >= 0 && px < width && py < height && dark[py * width + px] === wanted) {
      runs[part]++;
      px += dx;
      py += dy;
    }
    if (!runs[part]) return null;
  }
  return runs;
}

function note(eyes, eye) {
  if (!eye) return;
  for (const known of eyes) {
    if (Math.hypot(known.x - eye.x, known.y - eye.y) < Math.max(known.unit, eye.unit) * 2.5) {
      const share = 1 / ++known.seen;
      known.x += (eye.x - known.x) * share;
      known.y += (eye.y - known.y) * share;
      known.unit += (eye.unit - known.unit) * share;
      return;
    }
  }
  eyes.push(eye);
}

function triple(a, b, c) {
  const units = [a.unit, b.unit, c.unit];
  if (Math.max(...units) > Math.min(...units) * 2) return null;
  // The corner lies opposite the longest side.
  const [corner, p, q] = [[a, b, c], [b, a, c], [c, a, b]]
    .sort((s, t) => apart(t[1], t[2]) - apart(s[1], s[2]))[0];
  const long = apart(p, q), one = apart(corner, p), two = apart(corner, q);
  if (Math.min(one, two) < 10 * Math.min(...units)) return null;
  const wrong = Math.abs(long * long - one * one - two * two) / (long * long)
    + Math.abs(one - two) / Math.max(one, two)
    + (Math.max(...units) - Math.min(...units)) / Math.max(...units) * 0.5
    - Math.min(a.seen, b.seen, c.seen) * 0.01;
  if (wrong > 1.2) return null;
  const turn = (p.x - corner.x) * (q.y - corner.y) - (p.y - corner.y) * (q.x - corner.x);
  return turn > 0 ? { corner, right: p, below: q, wrong } : { corner, right: q, below: p, wrong };
}

const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
const sum = (runs) => runs[0] + runs[1] + runs[2] + runs[3] + runs[4];
