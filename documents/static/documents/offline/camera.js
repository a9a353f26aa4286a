// Reads a code from the camera or from a photograph: by the browser where it can, else by our own reader.

import { read } from "./qr/read.js";

const LONGER_SIDE_LIVE = 1100, LONGER_SIDES_STILL = [1600, 2400, 900];
const PAUSE_MS = 120;

const detector = makeDetector();

async function makeDetector() {
  try {
    const formats = await BarcodeDetector.getSupportedFormats();
    return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
}

export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

// Show what the camera sees until a code was read or the signal says to stop; return its text or null.
export async function watch(video, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
  });
  try {
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      const said = video.videoWidth ? await seen(video, video.videoWidth, video.videoHeight, [LONGER_SIDE_LIVE], false) : null;
      if (said) return said;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return null;
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  }
}

// Return the text of the code on a photograph, or null. Throws if the file is no picture.
export async function photograph(file) {
  const picture = await createImageBitmap(file);
  try {
    return await seen(picture, picture.width, picture.height, LONGER_SIDES_STILL, true);
  } finally {
    picture.close();
  }
}

async function seen(source, width, height, sides, thorough) {
  const native = await detector;
  if (native) {
    const [found] = await native.detect(source).catch(() => []);
    if (found) return found.rawValue;
  }
  const longer = Math.max(width, height);
  for (const side of sides) {
    if (side !== sides[0] && side > longer) continue;
    const said = read(pixels(source, width, height, Math.min(1, side / longer)), { thorough });
    if (said) return said;
  }
  return null;
}

function pixels(source, width, height, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
