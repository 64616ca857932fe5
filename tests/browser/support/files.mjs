// Files to attach.

import { crc32, deflateSync } from "node:zlib";

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A street lamp that is out, at dusk: a real PNG picture of 320 x 240 pixels. */
export function lamp(name = "lampione.png") {
  const [width, height] = [320, 240];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = [];
  for (let y = 0; y < height; y += 1) {
    const row = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x += 1) {
      const pole = Math.abs(x - 160) < 4 && y > 60;
      const head = Math.hypot(x - 160, (y - 50) * 1.4) < 26;
      const ground = y > 215;
      const colour = head ? [60, 64, 72] : pole || ground ? [38, 40, 48] : [40 + y / 3, 58 + y / 3, 110 + y / 4];
      row.set(colour, 1 + x * 3);
    }
    rows.push(row);
  }
  const bytes = Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return { name, mimeType: "image/png", buffer: bytes };
}

/** A page of paper: the least that is a PDF. */
export function paper(name = "documento.pdf") {
  const parts = ["1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n", "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n", "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"];
  const text = `%PDF-1.4\n${parts.join("")}trailer<</Root 1 0 R/Size 4>>\n%%EOF\n`;
  return { name, mimeType: "application/pdf", buffer: Buffer.from(text, "latin1") };
}

/** Words that call themselves a photo. */
export const notAPhoto = { name: "foto.jpg", mimeType: "image/jpeg", buffer: Buffer.from("Questa non è una fotografia.\n") };
