// A picture in grey, with the mean of any neighbourhood at hand: dark is what is darker than its
// neighbourhood, so that a shadow over the paper does no harm.

export class Grey {
  constructor(values, width, height) {
    this.values = values;
    this.width = width;
    this.height = height;
    this.sums = summed(values, width, height);
  }

  // From the bytes of a canvas: red, green, blue, opacity.
  static of({ data, width, height }) {
    const values = new Uint8Array(width * height);
    for (let i = 0, j = 0; i < values.length; i++, j += 4) {
      values[i] = (data[j] * 77 + data[j + 1] * 150 + data[j + 2] * 29) >> 8;
    }
    return new Grey(values, width, height);
  }

  has(x, y) {
    return x >= 0 && y >= 0 && x < this.width - 1 && y < this.height - 1;
  }

  // Between four pixels; the point lies inside.
  at(x, y) {
    const left = Math.floor(x), top = Math.floor(y), right = x - left, down = y - top;
    const i = top * this.width + left, v = this.values;
    const above = v[i] + (v[i + 1] - v[i]) * right;
    const below = v[i + this.width] + (v[i + this.width + 1] - v[i + this.width]) * right;
    return above + (below - above) * down;
  }

  mean(x, y, reach) {
    const left = Math.max(0, Math.round(x - reach)), top = Math.max(0, Math.round(y - reach));
    const right = Math.min(this.width, Math.round(x + reach) + 1);
    const bottom = Math.min(this.height, Math.round(y + reach) + 1);
    const row = this.width + 1, s = this.sums;
    const total = s[bottom * row + right] - s[top * row + right] - s[bottom * row + left] + s[top * row + left];
    return total / ((right - left) * (bottom - top));
  }

  // One byte a pixel, 1 for dark. Some hundredths below the mean, or plain paper would be speckled.
  darkness(reach) {
    const dark = new Uint8Array(this.values.length);
    for (let y = 0, i = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++, i++) {
        dark[i] = this.values[i] < this.mean(x, y, reach) * 0.96 - 2 ? 1 : 0;
      }
    }
    return dark;
  }
}

function summed(values, width, height) {
  const row = width + 1, sums = new Float64Array(row * (height + 1));
  for (let y = 0; y < height; y++) {
    let line = 0;
    for (let x = 0; x < width; x++) {
      line += values[y * width + x];
      sums[(y + 1) * row + x + 1] = sums[y * row + x + 1] + line;
    }
  }
  return sums;
}
