/*
 * test_model_engine.c - what makes the networks fast: which layers are done
 * together, where tensors lie, the store of packed weights, refusals.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "models/cpu_isa.h"
#include "models/net_check.h"
#include "models/net_darknet.h"
#include "models/net_graph.h"
#include "models/net_kernels.h"
#include "models/net_named.h"
#include "models/net_program.h"
#include "models/net_workspace.h"
#include "models/weight_store.h"
#include "proto/crypto.h"

/* ---- which layers are done together ---- */

static struct net_step
step(enum step_kind kind, int32_t from, int32_t other)
{
	bool window = kind == STEP_CONV || kind == STEP_DEPTHWISE;

	return (struct net_step){ .kind = kind, .from = from, .other = other, .in_c = 16, .in_h = 8, .in_w = 8,
	    .out_c = 16, .out_h = 8, .out_w = 8, .size = window ? 3 : 0, .stride = 1, .pad = window ? 1 : 0 };
}

static const char *
fuse(struct net_step *s, int32_t n)
{
	struct net_graph g = { s, n };
	const char *why = NULL;
	int32_t where = 0;
	enum rc r = net_graph_fuse(&g, &where, &why);

	assert_int_equal(r == RC_OK, why == NULL);
	return why;
}

static void
functions_ride_in_depthwise_layers(void **state)
{
	struct net_step s[] = { step(STEP_CONV, STEP_INPUT, STEP_NONE), step(STEP_PRELU, 0, STEP_NONE),
	    step(STEP_DEPTHWISE, 1, STEP_NONE), step(STEP_PRELU, 2, STEP_NONE), step(STEP_CONV, 3, STEP_NONE),
	    step(STEP_PRELU, 4, STEP_NONE), step(STEP_CONV, 5, STEP_NONE) };

	(void)state;
	assert_null(fuse(s, 7));
	assert_true(s[1].gone && s[3].gone);
	assert_int_equal(s[2].in_act, 1);
	assert_int_equal(s[2].out_act, 3);
	assert_int_equal(s[2].from, 0);
	assert_int_equal(s[4].from, 2);
	assert_false(s[5].gone);		/* between two convolutions: by itself, in place */
	assert_int_equal(s[5].buffer, 4);
}

static void
a_prelu_never_spoils_what_others_read(void **state)
{
	struct net_step s[] = { step(STEP_CONV, STEP_INPUT, STEP_NONE), step(STEP_PRELU, 0, STEP_NONE),
	    step(STEP_CONV, 1, STEP_NONE), step(STEP_SUM, 2, 0), step(STEP_CONV, 3, STEP_NONE) };

	(void)state;
	assert_non_null(fuse(s, 5));
}

static void
sums_go_where_the_second_summand_lies(void **state)
{
	struct net_step early[] = { step(STEP_CONV, STEP_INPUT, STEP_NONE), step(STEP_DEPTHWISE, 0, STEP_NONE),
	    step(STEP_CONV, 1, STEP_NONE), step(STEP_SUM, 2, 0), step(STEP_CONV, 3, STEP_NONE) };
	struct net_step late[] = { step(STEP_CONV, STEP_INPUT, STEP_NONE), step(STEP_DEPTHWISE, 0, STEP_NONE),
	    step(STEP_CONV, 1, STEP_NONE), step(STEP_SUM, 2, 0), step(STEP_SUM, 3, 0),
	    step(STEP_CONV, 4, STEP_NONE) };
	struct net_graph g = { early, 5 };

	(void)state;
	early[3].act = ACT_RELU;
	assert_null(fuse(early, 5));
	assert_true(early[3].gone);
	assert_int_equal(early[2].sum, 0);
	assert_int_equal(early[2].sum_act, ACT_RELU);
	assert_int_equal(early[2].buffer, 0);
	assert_int_equal(early[4].from, 2);
	assert_int_equal(net_graph_last_use(&g, 0), 4);	/* the buffer holds the sum until it is read */
	assert_null(fuse(late, 6));
	assert_false(late[3].gone);		/* 0 is read again: it must stay as it is */
}

static void
gates_and_routes(void **state)
{
	struct net_step s[] = { step(STEP_CONV, STEP_INPUT, STEP_NONE), step(STEP_MEANPOOL, 0, STEP_NONE),
	    step(STEP_CONV, 1, STEP_NONE), step(STEP_ROUTE, 0, STEP_NONE), step(STEP_GATE, 3, 2),
	    step(STEP_CONV, 4, STEP_NONE) };
	struct net_step again[6], alone[] = { step(STEP_CONV, STEP_INPUT, STEP_NONE), step(STEP_RELU, 0, STEP_NONE),
	    step(STEP_CONV, 1, STEP_NONE) };

	(void)state;
	memcpy(again, s, sizeof s);
	assert_null(fuse(s, 6));
	assert_true(s[3].gone);
	assert_int_equal(s[4].from, 0);
	assert_int_equal(s[4].buffer, 0);
	again[5] = step(STEP_SUM, 4, 0);	/* reads the picture as it was before the gate */
	assert_non_null(fuse(again, 6));
	assert_non_null(fuse(alone, 3));
	assert_non_null(fuse(alone, 2));	/* ends in a ReLU */
}

static void
zeros_around_a_filter_do_not_count(void **state)
{
	float weights[16 * 16 * 16];
	struct net_step s = step(STEP_CONV, STEP_INPUT, STEP_NONE);
	struct net_graph g = { &s, 1 };

	(void)state;
	s.size = 4;
	s.weights = weights;
	for (int i = 0; i < 16 * 16 * 16; i++)
		weights[i] = i % 16 < 4 || i % 4 == 0 ? 0.0f : 1.0f;
	assert_int_equal(net_step_zero_edge(&s), 1);
	assert_true(net_graph_gflop(&g) * 1e9 > 2.0 * 64 * 256 * 9 - 1 && net_graph_gflop(&g) * 1e9 < 2.0 * 64 * 256 * 9 + 1);
	weights[16 * 255] = 0.5f;
	assert_int_equal(net_step_zero_edge(&s), 0);
}

/* ---- where tensors lie ---- */

static void
living_tensors_never_overlap(void **state)
{
	struct net_span span[60];
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 50; round++) {
		size_t need, sum = 0;

		for (int i = 0; i < 60; i++) {
			seed = seed * 1664525u + 1013904223u;
			span[i] = (struct net_span){ .bytes = seed >> 20, .first = i, .last = i + (int32_t)(seed >> 8) % 9 };
			sum += span[i].bytes + NET_ALIGN;
		}
		need = net_workspace_plan(span, 60);
		assert_true(need < sum / 3);	/* room is used again */
		for (int i = 0; i < 60; i++) {
			assert_true(span[i].at % NET_ALIGN == 0 && span[i].at + span[i].bytes <= need);
			for (int k = 0; k < i; k++)
				assert_true(span[k].last < span[i].first || span[k].at + span[k].bytes <= span[i].at ||
				    span[i].at + span[i].bytes <= span[k].at);
		}
	}
}

static void
a_workspace_stays_where_it_is(void **state)
{
	struct net_workspace *w = NULL;
	uint8_t *first, *second;

	(void)state;
	assert_int_equal(net_workspace_open(&w), RC_OK);
	assert_int_equal(net_workspace_take(w, 1000, &first), RC_OK);
	assert_int_equal(net_workspace_take(w, 5000000, &second), RC_OK);
	assert_ptr_equal(first, second);
	assert_int_equal(net_workspace_bytes(w), 5000000);
	second[4999999] = second[999] = 1;
	net_workspace_use(w, 1000);
	net_workspace_wipe(w);
	assert_int_equal(second[999], 0);
	assert_int_equal(second[4999999], 1);	/* nobody said that it was used */
	net_workspace_use(w, 5000000);
	net_workspace_use(w, 1000);
	net_workspace_wipe(w);
	assert_int_equal(second[4999999], 0);
	assert_int_equal(net_workspace_take(w, (size_t)NET_WORKSPACE_MAX + 1, &second), RC_NOMEM);
	net_workspace_close(w);
}

/* ---- the store ---- */

static int
memory_file(void)
{
	int fd = memfd_create("store", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_true(fd >= 0);
	return fd;
}

static void
a_sealed_store_gives_what_was_put_in(void **state)
{
	struct weight_store *made = NULL, *got = NULL;
	char err[256] = "";
	int fd = memory_file();
	void *a, *b, *c;

	(void)state;
	assert_int_equal(weight_store_make(&made, fd), RC_OK);
	assert_int_equal(weight_store_next(made, "net:0:bias", 100, &a), RC_OK);
	assert_int_equal(weight_store_next(made, "net:1:weights", 7000, &b), RC_OK);
	assert_int_equal(weight_store_next(made, "net:0:bias", 100, &c), RC_MODEL_BAD);
	assert_non_null(strstr(weight_store_trouble(made), "has net:0:bias already"));
	assert_true(((uintptr_t)a | (uintptr_t)b) % 64 == 0 && !weight_store_packed(made));
	memset(a, 3, 100);
	memset(b, 5, 7000);
	assert_int_equal(weight_store_open(&got, fd, err, sizeof err), RC_MODEL_BAD);	/* not sealed yet */
	assert_non_null(strstr(err, "sealed"));
	assert_int_equal(weight_store_seal(made), RC_OK);
	assert_int_equal(((uint8_t *)b)[6999], 5);		/* still there for the maker */
	assert_int_equal(write(fd, "x", 1), -1);
	assert_int_equal(weight_store_open(&got, fd, err, sizeof err), RC_OK);
	assert_true(weight_store_packed(got));
	assert_int_equal(weight_store_next(got, "net:0:bias", 100, &c), RC_OK);
	assert_memory_equal(c, a, 100);
	assert_int_equal(weight_store_next(got, "net:1:weights", 6999, &c), RC_MODEL_BAD);
	assert_int_equal(weight_store_next(got, "net:1:other", 7000, &c), RC_MODEL_BAD);
	assert_non_null(strstr(weight_store_trouble(got), "net:1:weights"));
	assert_non_null(strstr(weight_store_trouble(got), "net:1:other"));
	assert_int_equal(weight_store_next(got, "net:1:weights", 7000, &c), RC_OK);
	assert_memory_equal(c, b, 7000);
	assert_int_equal(weight_store_next(got, "net:2:bias", 1, &c), RC_MODEL_BAD);
	weight_store_close(made);
	weight_store_close(got);
	close(fd);
}

/* ---- whole networks ---- */

static const char *const name[] = { "tiny_face_detector", "face_landmark_68", "fr_landmark", "fr_eye",
    "mobilefacenet", "fr_feature", "fr_liveness" };
#define NETWORKS (sizeof name / sizeof name[0])
#define OUT_MAX  4096

static void
models_folder(char *dir, size_t n)
{
	const char *source = getenv("COUNTERSIGN_SOURCE");

	(void)snprintf(dir, n, "%s/models", source != NULL ? source : ".");
}

static enum rc
open_one(const char *which, const struct net_setup *setup, struct net **n, char *err, size_t err_n)
{
	char dir[4096];
	struct model m;
	enum rc r;

	models_folder(dir, sizeof dir);
	if ((r = model_find(dir, which, &m, err, err_n)) == RC_OK)
		r = net_open(n, &m, setup, 0, err, err_n);
	return r;
}

static void
open_all(const struct net_setup *setup, struct net *n[NETWORKS])
{
	char err[512] = "";

	for (size_t i = 0; i < NETWORKS; i++)
		if (open_one(name[i], setup, &n[i], err, sizeof err) != RC_OK)
			fail_msg("%s", err);
}

static void
close_all(struct net *n[NETWORKS])
{
	for (size_t i = 0; i < NETWORKS; i++)
		net_close(n[i]);
}

static void
run_all(struct net *n[NETWORKS], float out[NETWORKS][OUT_MAX])
{
	for (size_t i = 0; i < NETWORKS; i++) {
		net_check_picture(net_input(n[i]), model_shape_floats(net_shape_in(n[i])));
		assert_true(model_shape_floats(net_shape_out(n[i])) <= OUT_MAX);
		memcpy(out[i], net_run(n[i]), model_shape_floats(net_shape_out(n[i])) * sizeof out[i][0]);
	}
}

static bool
has_bf16(void)
{
	return cpu_isa_best() >= CPU_ISA_AVX512_BF16;
}

/* A maker and a user of one store, with shared workspaces, give the same numbers to the last bit. */
static void
networks_share_workspace_and_store(void **state)
{
	static float a[NETWORKS][OUT_MAX], b[NETWORKS][OUT_MAX], again[NETWORKS][OUT_MAX];
	struct net_setup made = { .backend = NET_AUTO }, used = { .backend = NET_AUTO };
	struct net *n[NETWORKS] = { NULL }, *k[NETWORKS] = { NULL };
	char err[512] = "";
	int fd = memory_file();

	(void)state;
	assert_int_equal(net_workspace_open(&made.workspace), RC_OK);
	assert_int_equal(net_workspace_open(&used.workspace), RC_OK);
	assert_int_equal(weight_store_make(&made.store, fd), RC_OK);
	open_all(&made, n);
	run_all(n, a);
	assert_int_equal(weight_store_seal(made.store), RC_OK);
	run_all(n, again);
	assert_memory_equal(a, again, sizeof a);
	assert_int_equal(weight_store_open(&used.store, fd, err, sizeof err), RC_OK);
	open_all(&used, k);
	run_all(k, b);
	assert_memory_equal(a, b, sizeof a);
	assert_int_equal(weight_store_bytes(made.store), weight_store_bytes(used.store));
	close_all(n);
	close_all(k);
	weight_store_close(made.store);
	weight_store_close(used.store);
	net_workspace_close(made.workspace);
	net_workspace_close(used.workspace);
	close(fd);
}

static void
another_network_than_the_packed_one_is_refused(void **state)
{
	struct net_setup made = { .backend = NET_F32 }, used = { .backend = NET_F32 };
	struct net *n = NULL, *k = NULL;
	char err[512] = "";
	int fd = memory_file();

	(void)state;
	assert_int_equal(weight_store_make(&made.store, fd), RC_OK);
	assert_int_equal(open_one("fr_landmark", &made, &n, err, sizeof err), RC_OK);
	assert_int_equal(weight_store_seal(made.store), RC_OK);
	assert_int_equal(weight_store_open(&used.store, fd, err, sizeof err), RC_OK);
	assert_int_equal(open_one("face_landmark_68", &used, &k, err, sizeof err), RC_MODEL_BAD);
	assert_non_null(strstr(err, "fr_landmark"));
	assert_non_null(strstr(err, "face_landmark_68"));
	net_close(n);
	weight_store_close(made.store);
	weight_store_close(used.store);
	close(fd);
}

/* A copy of a sealed store in which one byte of every kilobyte behind the entries is changed. */
static int
damaged_copy(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	uint8_t *bytes = malloc((size_t)size);
	int copy = memory_file();

	assert_non_null(bytes);
	assert_int_equal(pread(fd, bytes, (size_t)size, 0), size);
	for (off_t i = size / 2; i < size; i += 1024)
		bytes[i + 3] ^= 0x40;
	assert_int_equal(write(copy, bytes, (size_t)size), size);
	assert_int_equal(fcntl(copy, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE), 0);
	free(bytes);
	return copy;
}

/* What packs wrong, stores wrong or computes wrong is found when a network is opened. */
static void
wrong_numbers_are_refused_at_the_start(void **state)
{
	struct net_setup made = { .backend = NET_AUTO }, used = { .backend = NET_AUTO };
	struct net *n = NULL, *k = NULL;
	int fd = memory_file(), copy;
	char err[512] = "";

	(void)state;
	assert_int_equal(weight_store_make(&made.store, fd), RC_OK);
	assert_int_equal(open_one("fr_landmark", &made, &n, err, sizeof err), RC_OK);
	assert_int_equal(weight_store_seal(made.store), RC_OK);
	copy = damaged_copy(fd);
	assert_int_equal(weight_store_open(&used.store, copy, err, sizeof err), RC_OK);
	assert_int_equal(open_one("fr_landmark", &used, &k, err, sizeof err), RC_MODEL_BAD);
	assert_non_null(strstr(err, "fr_landmark computes wrong numbers"));
	net_close(n);
	weight_store_close(made.store);
	weight_store_close(used.store);
	close(fd);
	close(copy);
}

static void
tolerances_tell_right_from_wrong(void **state)
{
	float right[3] = { 1.0f, -30.0f, 0.5f }, near[3] = { 1.001f, -30.002f, 0.5f }, far[3] = { 1.0f, -30.0f, 5.0f };
	struct net_tolerance got, allowed = { 0.999f, 1e-4f };

	(void)state;
	assert_true(net_check_agrees(near, right, 3, allowed, &got));
	assert_false(net_check_agrees(far, right, 3, allowed, &got));
	assert_true(got.difference > 0.14f && got.difference < 0.16f);
	near[1] = (float)(0.0 / 0.0 * (double)right[0]);
	assert_false(net_check_agrees(near, right, 3, allowed, &got));
}

static void
running_takes_no_memory(void **state)
{
	static float out[NETWORKS][OUT_MAX];
	struct net_setup setup = { .backend = NET_AUTO };
	struct net *n[NETWORKS] = { NULL };
	struct mallinfo2 before, after;

	(void)state;
	assert_int_equal(net_workspace_open(&setup.workspace), RC_OK);
	open_all(&setup, n);
	run_all(n, out);
	before = mallinfo2();
	for (int i = 0; i < 100; i++)
		run_all(n, out);
	after = mallinfo2();
	assert_int_equal(before.uordblks, after.uordblks);
	assert_int_equal(before.arena, after.arena);
	assert_int_equal(before.hblkhd, after.hblkhd);
	close_all(n);
	net_workspace_close(setup.workspace);
}

static bool
all_zero(const void *at, size_t n)
{
	const uint8_t *bytes = at;

	while (n > 0 && bytes[n - 1] == 0)
		n--;
	return n == 0;
}

/* In every kind of numbers; what it computes afterwards is as before. */
static void
a_wiped_network_remembers_nothing(void **state)
{
	static const enum net_backend kind[] = { NET_F32, NET_AUTO, NET_STOCK };
	static float before[OUT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof kind / sizeof kind[0]; i++) {
		struct net_setup setup = { .backend = kind[i] };
		struct net *n = NULL;
		size_t in, out;
		char err[512] = "";
		const float *result;
		uint8_t *block;

		assert_int_equal(net_workspace_open(&setup.workspace), RC_OK);
		assert_int_equal(open_one("fr_landmark", &setup, &n, err, sizeof err), RC_OK);
		in = model_shape_floats(net_shape_in(n)) * sizeof(float);
		out = model_shape_floats(net_shape_out(n)) * sizeof(float);
		assert_int_equal(net_workspace_take(setup.workspace, 0, &block), RC_OK);
		net_check_picture(net_input(n), in / sizeof(float));
		result = net_run(n);
		memcpy(before, result, out);
		assert_false(all_zero(result, out));
		assert_int_equal(all_zero(block, net_workspace_bytes(setup.workspace)), kind[i] == NET_STOCK);
		net_wipe(n);
		net_workspace_wipe(setup.workspace);
		assert_true(all_zero(result, out));
		assert_true(all_zero(net_input(n), in));
		assert_true(all_zero(block, net_workspace_bytes(setup.workspace)));
		net_check_picture(net_input(n), in / sizeof(float));
		assert_memory_equal(net_run(n), before, out);
		net_close(n);
		net_workspace_close(setup.workspace);
	}
}

static void
another_shape_than_the_known_one_is_refused(void **state)
{
	const struct net_named right = { "fr_landmark", 64, 1, 1, 136, false };
	const struct net_named wrong[] = { { "fr_landmark", 112, 1, 1, 136, false }, { "fr_landmark", 64, 3, 1, 136, false },
	    { "fr_landmark", 64, 1, 2, 136, false }, { "fr_landmark", 64, 1, 1, 3, false } };
	const struct net_setup setup = { .backend = NET_F32 };
	char dir[4096], err[512] = "";
	struct net *n = NULL;
	struct model m;

	(void)state;
	models_folder(dir, sizeof dir);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		err[0] = '\0';
		assert_int_equal(net_named_open(&n, dir, &wrong[i], &setup, NULL, err, sizeof err), RC_MODEL_BAD);
		assert_non_null(strstr(err, "network fr_landmark: not of the shape"));
		assert_null(n);
	}
	assert_int_equal(net_named_open(&n, dir, &right, &setup, &m, err, sizeof err), RC_OK);
	assert_string_equal(m.name, "fr_landmark");
	net_close(n);
}

static void
auto_takes_what_the_processor_has(void **state)
{
	struct net *n = NULL;
	char err[512] = "";

	(void)state;
	assert_int_equal(open_one("fr_landmark", &(struct net_setup){ .backend = NET_AUTO }, &n, err, sizeof err), RC_OK);
	assert_int_equal(net_backend_used(n), has_bf16() ? NET_BF16 : NET_F32);
	net_close(n);
	n = NULL;
	if (has_bf16()) {
		assert_int_equal(open_one("fr_landmark", &(struct net_setup){ .backend = NET_BF16 }, &n, err,
		    sizeof err), RC_OK);
		net_close(n);
		return;
	}
	assert_int_equal(open_one("fr_landmark", &(struct net_setup){ .backend = NET_BF16 }, &n, err, sizeof err),
	    RC_MODEL_BAD);
	assert_non_null(strstr(err, "no bfloat16"));
}

/* ---- slow kernels ---- */

static enum rc
make_conv(enum kernel_type type, const struct kernel_window *window, char kernel[64])
{
	struct kernel_conv c = { *window, type, type, KERNEL_RELU, false, false };
	static float weights[64 * 16 * 9], bias[64];
	struct weight_store *store = NULL;
	struct kernels *ks = NULL;
	struct kernel *k = NULL;
	enum rc r;

	assert_int_equal(weight_store_make(&store, -1), RC_OK);
	assert_int_equal(kernels_open(&ks, "test", store), RC_OK);
	if ((r = kernel_conv_make(ks, 0, &c, weights, bias, &k)) == RC_OK)
		(void)snprintf(kernel, 64, "%s", kernel_name(k));
	kernel_free(k);
	kernels_close(ks);
	weight_store_close(store);
	return r;
}

/* No picture of the last one is ever made: it has too much border and too many numbers for all but the loops. */
static void
reference_loops_are_refused(void **state)
{
	const struct kernel_window usual = { 16, 8, 8, 32, 8, 8, 3, 1, 1 };
	const struct kernel_window odd = { 16, 60000, 60000, 32, 60004, 60004, 3, 1, 3 };
	char kernel[64] = "";

	(void)state;
	assert_int_equal(make_conv(KERNEL_F32, &usual, kernel), RC_OK);
	print_message("float32 convolution: %s\n", kernel);
	assert_null(strstr(kernel, "ref"));
	if (has_bf16()) {
		assert_int_equal(make_conv(KERNEL_BF16, &usual, kernel), RC_OK);
		print_message("bfloat16 convolution: %s\n", kernel);
		assert_non_null(strstr(kernel, "bf16"));
	} else {
		assert_int_equal(make_conv(KERNEL_BF16, &usual, kernel), RC_MODEL_BAD);	/* none at all */
	}
	assert_int_equal(make_conv(KERNEL_F32, &odd, kernel), RC_MODEL_BAD);
}

/* The same as the third layer of a network, of which the first two have kernels. */
static void
the_layer_without_a_fast_kernel_is_named(void **state)
{
	static float weights[16 * 16 * 9], bias[16];
	struct net_step s[3];
	struct net_graph g = { s, 3 };
	struct net_program_setup setup = { "test", &g, KERNEL_F32, NULL, NULL };
	struct net_program *p = NULL;
	const char *why = NULL;
	int32_t where = -1;

	(void)state;
	for (size_t i = 0; i < sizeof weights / sizeof weights[0]; i++)
		weights[i] = 1.0f;	/* a filter of zeros would be made smaller */
	for (int32_t i = 0; i < 3; i++) {
		s[i] = step(STEP_CONV, i == 0 ? STEP_INPUT : i - 1, STEP_NONE);
		s[i].weights = weights;
		s[i].bias = bias;
	}
	assert_null(fuse(s, 3));
	assert_int_equal(net_workspace_open(&setup.workspace), RC_OK);
	assert_int_equal(weight_store_make(&setup.store, -1), RC_OK);
	assert_int_equal(net_program_make(&p, &setup, &where, &why), RC_OK);
	net_program_free(p);
	weight_store_close(setup.store);
	assert_int_equal(weight_store_make(&setup.store, -1), RC_OK);
	p = NULL;
	s[2].in_h = s[2].in_w = 60000;
	s[2].out_h = s[2].out_w = 60004;
	s[2].pad = 3;
	assert_int_equal(net_program_make(&p, &setup, &where, &why), RC_MODEL_BAD);
	assert_int_equal(where, 2);
	assert_string_equal(why, "no fast convolution on this processor");
	assert_null(p);
	weight_store_close(setup.store);
	net_workspace_close(setup.workspace);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_ride_in_depthwise_layers),
		cmocka_unit_test(a_prelu_never_spoils_what_others_read),
		cmocka_unit_test(sums_go_where_the_second_summand_lies),
		cmocka_unit_test(gates_and_routes),
		cmocka_unit_test(zeros_around_a_filter_do_not_count),
		cmocka_unit_test(living_tensors_never_overlap),
		cmocka_unit_test(a_workspace_stays_where_it_is),
		cmocka_unit_test(a_sealed_store_gives_what_was_put_in),
		cmocka_unit_test(networks_share_workspace_and_store),
		cmocka_unit_test(another_network_than_the_packed_one_is_refused),
		cmocka_unit_test(wrong_numbers_are_refused_at_the_start),
		cmocka_unit_test(tolerances_tell_right_from_wrong),
		cmocka_unit_test(running_takes_no_memory),
		cmocka_unit_test(a_wiped_network_remembers_nothing),
		cmocka_unit_test(another_shape_than_the_known_one_is_refused),
		cmocka_unit_test(auto_takes_what_the_processor_has),
		cmocka_unit_test(reference_loops_are_refused),
		cmocka_unit_test(the_layer_without_a_fast_kernel_is_named),
	};

	if (crypto_init() != RC_OK)
		return 1;
	kernels_use_threads(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
