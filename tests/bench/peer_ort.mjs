// peer_ort.mjs - onnxruntime beside our networks; speaks the words of bench_peer.h on stdin and stdout.
// SPDX-License-Identifier: Apache-2.0
//
//   node peer_ort.mjs DIR THREADS      DIR: the folder that holds node_modules/onnxruntime-node
//
// Each time is that of one session.run() with all of onnxruntime's graph optimisations, measured here,
// without what passes through the pipe.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { readSync, writeSync } from 'node:fs';

const ort = createRequire(join(resolve(process.argv[2]), 'here.js'))('onnxruntime-node');
const threads = Number(process.argv[3]);
let session, feeds;

function read(n) {
	const to = Buffer.alloc(n);
	for (let have = 0; have < n;) {
		const got = readSync(0, to, have, n - have);
		if (got === 0)
			process.exit(0);
		have += got;
	}
	return to;
}

function line() {
	let text = '';
	for (let c; (c = read(1).toString('latin1')) !== '\n';)
		text += c;
	return text;
}

function write(bytes) {
	for (let done = 0; done < bytes.length;)
		done += writeSync(1, bytes, done);
}

async function open(words) {
	const shape = words.slice(0, 3).map(Number), path = words.slice(3).join(' ');
	const raw = read(shape[0] * shape[1] * shape[2] * 4);
	const input = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
	session = await ort.InferenceSession.create(path,
	    { intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all' });
	feeds = { [session.inputNames[0]]: new ort.Tensor('float32', input, [1, ...shape]) };
	const out = (await session.run(feeds))[session.outputNames[0]].data;
	write(Buffer.from(`ok ${out.length}\n`));
	write(Buffer.from(out.buffer, out.byteOffset, out.byteLength));
}

async function run(n) {
	const ms = [];
	for (let i = 0; i < n; i++) {
		const start = process.hrtime.bigint();
		await session.run(feeds);
		ms.push(Number(process.hrtime.bigint() - start) / 1e6);
	}
	write(Buffer.from(`ok ${n}\n`));
	write(Buffer.from(new Float32Array(ms).buffer));
}

for (;;) {
	const [word, ...rest] = line().split(' ');
	try {
		await (word === 'open' ? open(rest) : run(Number(rest[0])));
	} catch (e) {
		write(Buffer.from(`error ${String(e.message).split('\n')[0]}\n`));
	}
}
