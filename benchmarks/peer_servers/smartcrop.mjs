// smartcrop-sharp as its README shows it: find the crop, cut it out, shrink it.
// GET /FILE?w=400&h=400 answers the picture; &share=0.5 looks for a crop half as large as can be,
// &box=1 answers where it lies.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import sharp from "sharp";
import smartcrop from "smartcrop-sharp";

const [folder, port] = process.argv.slice(2);

async function answer(request, response) {
  const url = new URL(request.url, "http://localhost");
  const number = (name, usual) => Number(url.searchParams.get(name)) || usual;
  const [width, height, share] = [number("w", 400), number("h", 400), number("share", 1)];
  const source = await readFile(join(folder, basename(url.pathname)));
  const options = { width, height, minScale: share, maxScale: share };
  const { topCrop } = await smartcrop.crop(source, options);
  if (url.searchParams.has("box")) {
    response.writeHead(200, { "content-type": "application/json" });
    return response.end(JSON.stringify(topCrop));
  }
  const box = { left: topCrop.x, top: topCrop.y, width: topCrop.width, height: topCrop.height };
  const body = await sharp(source).extract(box).resize(width, height).jpeg({ quality: 80 }).toBuffer();
  response.writeHead(200, { "content-type": "image/jpeg", "content-length": body.length });
  response.end(body);
}

createServer((request, response) =>
  answer(request, response).catch((why) => {
    response.writeHead(404, { "content-type": "text/plain" });
    response.end(String(why));
  }),
).listen(Number(port), "127.0.0.1");
