// The least that serves pictures with sharp: what libvips behind node costs without a framework.
// GET /FILE?w=400&h=300&fit=inside&f=jpeg&q=80
import { createServer } from "node:http";
import { basename, join } from "node:path";
import sharp from "sharp";

const [folder, port] = process.argv.slice(2);

async function answer(request, response) {
  const url = new URL(request.url, "http://localhost");
  const side = (name) => Number(url.searchParams.get(name)) || undefined;
  const format = url.searchParams.get("f") ?? "jpeg";
  const body = await sharp(join(folder, basename(url.pathname)))
    .resize({ width: side("w"), height: side("h"), fit: url.searchParams.get("fit") ?? "inside" })
    .toFormat(format, { quality: side("q") ?? 80 })
    .toBuffer();
  response.writeHead(200, { "content-type": `image/${format}`, "content-length": body.length });
  response.end(body);
}

createServer((request, response) =>
  answer(request, response).catch((why) => {
    response.writeHead(404, { "content-type": "text/plain" });
    response.end(String(why));
  }),
).listen(Number(port), "127.0.0.1");
