// From three eyes to one grey value a module: perspective from four points, and the small waves of
// a sheet that does not lie flat from the alignment patterns between them.

import { alignments } from "./tables.js";

// Return candidates for one triple, likeliest first: {size, values} with values row by row.
export function* grids(grey, triple) {
  for (const size of sizes(grey, triple)) {
    const flat = perspective(triple, size, null);
    const corner = size > 21 ? aligned(grey, flat, size - 6.5, size - 6.5, 7, 0.5) : null;
    const plane = corner ? perspective(triple, size, corner) : flat;
    yield { size, values: sampled(grey, plane, size, null) };
    if (size >= 45) yield { size, values: sampled(grey, plane, size, waves(grey, plane, size)) };
    if (corner) yield { size, values: sampled(grey, flat, size, null) };
  }
}

// The size that the eyes' own measure tells, and its neighbours: the one whose timing rows alternate
// best goes first.
function sizes(grey, triple) {
  const { corner, right, below } = triple;
  const along = span(grey, corner, right) + span(grey, right, corner);
  const down = span(grey, corner, below) + span(grey, below, corner);
  const told = [distance(corner, right) * 14 / along, distance(corner, below) * 14 / down];
  const version = ((told[0] + told[1]) / 2 + 7 - 17) / 4;
  return [Math.round(version), Math.floor(version), Math.ceil(version), Math.round(version) - 1, Math.round(version) + 1]
    .filter((each, i, all) => each >= 1 && each <= 40 && all.indexOf(each) === i)
    .map((each) => 17 + 4 * each)
    .map((size) => ({ size, score: timing(grey, perspective(triple, size, null), size) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ size }) => size);
}

// How wide an eye is in pixels, outer edge to outer edge, on the line towards another one.
function span(grey, eye, other) {
  const far = distance(eye, other), dx = (other.x - eye.x) / far, dy = (other.y - eye.y) / far;
  const wide = eye.unit * 7;
  const fallback = wide / Math.max(Math.abs(dx), Math.abs(dy));
  const reach = (sign) => {
    let changes = 0, dark = true;
    for (let t = 0; t < wide * 1.2; t += 0.25) {
      const x = eye.x + dx * t * sign, y = eye.y + dy * t * sign;
      if (!grey.has(x, y)) return null;
      const here = grey.at(x, y) < grey.mean(eye.x, eye.y, wide * 0.7);
      if (here !== dark) {
        dark = here;
        if (++changes === 3) return t;
      }
    }
    return null;
  };
  const ahead = reach(1), back = reach(-1);
  return ahead && back ? ahead + back : fallback;
}

function timing(grey, plane, size) {
  let score = 0;
  for (let i = 8; i < size - 8; i++) {
    for (const point of [plane(i + 0.5, 6.5), plane(6.5, i + 0.5)]) {
      if (!grey.has(point.x, point.y)) return -1e9;
      const contrast = grey.mean(point.x, point.y, 8) - grey.at(point.x, point.y);
      score += i % 2 ? -contrast : contrast;
    }
  }
  return score / (size - 16);
}

// Return what maps modules to pixels: exact at the eyes and, if there is one, at the fourth point.
function perspective({ corner, right, below }, size, fourth) {
  const end = size - 3.5;
  const from = [[3.5, 3.5], [end, 3.5], [3.5, end]], to = [corner, right, below];
  if (fourth) {
    from.push([size - 6.5, size - 6.5]);
    to.push(fourth);
  } else {
    from.push([end, end]);
    to.push({ x: right.x + below.x - corner.x, y: right.y + below.y - corner.y });
  }
  const h = homography(from, to);
  return (x, y) => {
    const w = h[6] * x + h[7] * y + 1;
    return { x: (h[0] * x + h[1] * y + h[2]) / w, y: (h[3] * x + h[4] * y + h[5]) / w };
  };
}

// Eight equations by elimination with pivots.
function homography(from, to) {
  const rows = [];
  from.forEach(([x, y], i) => {
    rows.push([x, y, 1, 0, 0, 0, -to[i].x * x, -to[i].x * y, to[i].x]);
    rows.push([0, 0, 0, x, y, 1, -to[i].y * x, -to[i].y * y, to[i].y]);
  });
  for (let c = 0; c < 8; c++) {
    let best = c;
    for (let r = c + 1; r < 8; r++) if (Math.abs(rows[r][c]) > Math.abs(rows[best][c])) best = r;
    [rows[c], rows[best]] = [rows[best], rows[c]];
    for (let r = 0; r < 8; r++) {
      if (r === c) continue;
      const f = rows[r][c] / rows[c][c];
      for (let k = c; k < 9; k++) rows[r][k] -= f * rows[c][k];
    }
  }
  return rows.map((row, i) => row[8] / row[i]);
}

// Return where the alignment pattern near module (mx, my) lies, or null if none is to be seen.
function aligned(grey, plane, mx, my, reach, step) {
  const centre = plane(mx, my), u = difference(plane(mx + 1, my), centre), v = difference(plane(mx, my + 1), centre);
  let best = null;
  const look = (cx, cy, far, by) => {
    for (let i = -far; i <= far; i += by) {
      for (let j = -far; j <= far; j += by) {
        const a = cx + i, b = cy + j;
        const score = likeness(grey, centre, u, v, a, b) - Math.hypot(a, b) * 0.6;
        if (!best || score > best.score) best = { a, b, score };
      }
    }
  };
  look(0, 0, reach, step);
  if (!best || best.score < 12) return null;
  look(best.a, best.b, step * 0.75, step / 4);
  return { x: centre.x + u.x * best.a + v.x * best.b, y: centre.y + u.y * best.a + v.y * best.b };
}

// How much darker the ring and the heart are than the light between them, in grey levels.
function likeness(grey, centre, u, v, a, b) {
  let dark = 0, light = 0;
  for (let i = -2; i <= 2; i++) {
    for (let j = -2; j <= 2; j++) {
      const x = centre.x + u.x * (a + i) + v.x * (b + j), y = centre.y + u.y * (a + i) + v.y * (b + j);
      if (!grey.has(x, y)) return -1e9;
      if (Math.max(Math.abs(i), Math.abs(j)) === 1) light += grey.at(x, y);
      else dark += grey.at(x, y);
    }
  }
  return light / 8 - dark / 17;
}

// Return how far each alignment pattern lies from where the plane expects it, as a function of the
// module: between patterns in proportion, nothing at the eyes.
function waves(grey, plane, size) {
  const places = alignments((size - 17) / 4), n = places.length;
  const moved = places.map((row) => places.map((column) => {
    const eye = (row === 6 || row === size - 7) && column === 6 || row === 6 && column === size - 7;
    if (eye) return { x: 0, y: 0 };
    const seen = aligned(grey, plane, column + 0.5, row + 0.5, 1.5, 0.25);
    return seen ? difference(seen, plane(column + 0.5, row + 0.5)) : null;
  }));
  const at = (i, j) => moved[j][i] || { x: 0, y: 0 };
  return (x, y) => {
    const [i, s] = between(places, n, x), [j, t] = between(places, n, y);
    const mix = (part) => (at(i, j)[part] * (1 - s) + at(i + 1, j)[part] * s) * (1 - t)
      + (at(i, j + 1)[part] * (1 - s) + at(i + 1, j + 1)[part] * s) * t;
    return { x: mix("x"), y: mix("y") };
  };
}

function between(places, n, value) {
  let i = 0;
  while (i < n - 2 && value > places[i + 1] + 0.5) i++;
  const share = (value - places[i] - 0.5) / (places[i + 1] - places[i]);
  return [i, Math.min(1.3, Math.max(-0.3, share))];
}

function sampled(grey, plane, size, wave) {
  const values = new Float32Array(size * size);
  for (let row = 0, i = 0; row < size; row++) {
    for (let column = 0; column < size; column++, i++) {
      const point = plane(column + 0.5, row + 0.5);
      const off = wave ? wave(column + 0.5, row + 0.5) : { x: 0, y: 0 };
      const x = point.x + off.x, y = point.y + off.y;
      values[i] = grey.has(x, y) ? grey.at(x, y) : 255;
    }
  }
  return values;
}

const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
const difference = (a, b) => ({ x: a.x - b.x, y: a.y - b.y });
