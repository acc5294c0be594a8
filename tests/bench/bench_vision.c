/*
 * bench_vision.c - `countersign-bench vision`: the networks one by one beside
 * other programs, one frame's way through them, and whole workers. With
 * --quick everything runs, but too few times to say how fast it is.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_vision.h"
#include "models/net_kernels.h"

#define ROUNDS       40		/* in which networks and frames take turns */
#define LOAD_ROUNDS  3
#define LOAD_SECONDS 1.5	/* of each round */
#define THREADS_MAX  64
#define PEER_OPENCV  "countersign-peer-opencv"

struct options {
	const char *models, *picture, *onnx, *ort;
	uint32_t threads;
	bool quick, json;
};

/* The peer programs lie beside this one (OpenCV) and in the sources (onnxruntime, run by node). */
static void
start_peers(const struct options *o, struct bench_peer peer[static SIDES])
{
	char threads[12], self[4096], module[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - sizeof PEER_OPENCV);
	const char *const opencv[] = { self, threads, NULL };
	const char *const ort[] = { "node", COUNTERSIGN_PEER_ORT, o->ort, threads, NULL };
	char *slash;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(threads, sizeof threads, "%u", o->threads);
	self[n > 0 ? n : 0] = '\0';
	if ((slash = strrchr(self, '/')) != NULL) {
		(void)strcpy(slash + 1, PEER_OPENCV);	/* room was left above */
		if (access(self, X_OK) == 0 && access(o->onnx, R_OK) == 0)
			(void)bench_peer_start(&peer[SIDE_OPENCV], "OpenCV", opencv);
	}
	(void)snprintf(module, sizeof module, "%s/node_modules/onnxruntime-node", o->ort);
	if (access(module, R_OK) == 0 && access(o->onnx, R_OK) == 0)
		(void)bench_peer_start(&peer[SIDE_ORT], "onnxruntime", ort);
	for (int side = SIDE_OPENCV; side < SIDES; side++)
		if (peer[side].pid == 0)
			(void)fprintf(stderr, "countersign-bench: %s is not there to compare with; tests/bench/peers gets it\n",
			    bench_side_name[side]);
}

/* One worker and two take turns; the best of each counts. */
static bool
measure_workers(struct bench_vision *v, const struct options *o)
{
	for (int round = 0; round < (o->quick ? 1 : LOAD_ROUNDS); round++)
		for (int i = 0; i < BENCH_LOADS; i++) {
			struct bench_load load = { 0 };

			if (!bench_workers(i + 1, o->models, v->jpeg.bytes, v->jpeg.n, LOAD_SECONDS / (o->quick ? 10 : 1), &load)) {
				(void)fprintf(stderr,
				    "countersign-bench: the worker countersign-vision beside this program failed\n");
				return false;
			}
			if (load.frames_per_s > v->load[i].frames_per_s)
				v->load[i] = load;
		}
	return true;
}

static bool
measure(struct bench_vision *v, const struct options *o)
{
	struct bench_peer peer[SIDES] = { { 0 } };
	unsigned rounds = o->quick ? 1 : ROUNDS;
	bool ok;

	if (!bench_frame_make(o->picture, &v->jpeg))
		return false;
	start_peers(o, peer);
	ok = bench_networks_run(&v->networks, o->models, o->onnx, peer, rounds);
	for (int side = 0; side < SIDES; side++)
		bench_peer_stop(&peer[side]);
	ok &= bench_frame_run(o->models, &v->jpeg, &v->f32, &v->bf16, rounds);
	(void)fprintf(stderr, "frames done\n");
	ok &= measure_workers(v, o);
	return bench_stream_run(o->models, o->picture, &v->stream) && ok;
}

static bool
read_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "models", required_argument, NULL, 'm' }, { "picture", required_argument, NULL, 'p' },
		{ "threads", required_argument, NULL, 't' }, { "quick", no_argument, NULL, 'q' }, { "json", no_argument, NULL, 'j' },
		{ "onnx", required_argument, NULL, 'x' }, { "ort", required_argument, NULL, 'o' }, { 0 },
	};
	bool good = true;
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'm': o->models = optarg; break;
		case 'p': o->picture = optarg; break;
		case 't': good &= bench_whole(optarg, 1, THREADS_MAX, &o->threads); break;
		case 'q': o->quick = true; break;
		case 'j': o->json = true; break;
		case 'x': o->onnx = optarg; break;
		case 'o': o->ort = optarg; break;
		default: return false;
		}
	}
	return good && optind == argc;
}

int
bench_vision(int argc, char **argv)
{
	struct options o = { COUNTERSIGN_MODELS, COUNTERSIGN_PICTURE, COUNTERSIGN_PEERS "/onnx", COUNTERSIGN_PEERS, 1, false, false };
	struct bench_vision *v;
	bool ok;

	if (!read_options(argc, argv, &o))
		return bench_usage(argv[0]);
	kernels_use_threads((int)o.threads);
	v = calloc(1, sizeof *v);
	ok = v != NULL && measure(v, &o);
	if (v != NULL && v->networks.n > 0)
		(o.json ? bench_vision_json : bench_vision_text)(v);
	free(v);
	return ok ? BENCH_MEASURED : BENCH_FAILED;
}
