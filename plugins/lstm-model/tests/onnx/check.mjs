// SPDX-License-Identifier: Apache-2.0
//
// usage: node check.mjs CASES OUTPUTS
//
// CASES is JSON: [{model: file, inputs: {name: {dims, data}}}]. Runs each and writes to OUTPUTS one
// line per case, its outputs.
import {readFile, writeFile} from 'node:fs/promises';
import * as ort from 'onnxruntime-web';

ort.env.wasm.numThreads = 1;
const [cases, outputs] = process.argv.slice(2);
const lines = [];
for (const {model, inputs} of JSON.parse(await readFile(cases, 'utf8'))) {
  const session = await ort.InferenceSession.create(await readFile(model), {executionProviders: ['wasm']});
  const feeds = {};
  for (const [name, {dims, data}] of Object.entries(inputs)) {
    feeds[name] = new ort.Tensor('float32', Float32Array.from(data), dims);
  }
  const {forecast} = await session.run(feeds);
  lines.push([...forecast.dims, ...forecast.data].join(' '));
}
await writeFile(outputs, lines.join('\n') + '\n');
