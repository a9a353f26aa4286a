// Reads a code from the camera or from a photograph: by the browser where it can, else by our own reader.

import { looksOurs } from "./claims.js";
import { texts } from "./qr/read.js";

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
// Throws if there is no camera for us, or no more.
export async function watch(video, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
  });
  const [track] = stream.getVideoTracks();
  try {
    video.srcObject = stream;
    if (!signal.aborted) await video.play();
    while (!signal.aborted) {
      if (track.readyState === "ended") throw new Error("the camera is gone");
      const said = video.videoWidth ? await seen(video, video.videoWidth, video.videoHeight, [LONGER_SIDE_LIVE], false) : null;
      if (said) return said;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return null;
  } finally {
    stream.getTracks().forEach((each) => each.stop());
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

// A poster's code may stand in the picture too: one that looks like ours goes before it.
async function seen(source, width, height, sides, thorough) {
  const native = await detector;
  let other = null;
  if (native) {
    const found = (await native.detect(source).catch(() => [])).map((each) => each.rawValue).filter(Boolean);
    const said = found.find(looksOurs);
    if (said) return said;
    [other = null] = found;
  }
  const longer = Math.max(width, height);
  for (const side of other === null ? sides : []) {
    if (side !== sides[0] && side > longer) continue;
    for (const said of texts(pixels(source, width, height, Math.min(1, side / longer)), { thorough })) {
      if (looksOurs(said)) return said;
      other ??= said;
    }
    if (other !== null) break;
  }
  return other;
}

function pixels(source, width, height, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
