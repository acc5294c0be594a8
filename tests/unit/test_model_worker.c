/*
 * test_model_worker.c - the real countersign-vision at the end of a socket
 * pair: good frames, hostile frames, and good ones after them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/sanitized.h"
#include "proto/stopwatch.h"
#include "proto/vision_wire.h"

#define START_MS   60000	/* loading, also under a sanitizer on a busy machine */
#define FRAME_MS   20000
#define PEAK_KB    700000	/* of the worker's memory; not under a sanitizer */

struct worker {
	pid_t pid;
	int fd;
	struct vision_hello hello;
	uint8_t *jpeg;		/* person-a-1.jpg */
	size_t jpeg_n;
};

static bool
read_all(int fd, uint8_t *to, size_t n, int ms)
{
	int64_t start = stopwatch_us();
	ssize_t got;

	while (n > 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int left = ms - (int)stopwatch_ms_since(start);

		if (left <= 0 || poll(&p, 1, left) < 0 || (got = read(fd, to, n)) <= 0)
			return false;
		to += got;
		n -= (size_t)got;
	}
	return true;
}

static size_t
read_reply(int fd, uint8_t *to, size_t cap, int ms)
{
	uint8_t len[VISION_LENGTH_BYTES];
	size_t n = 0;

	assert_true(read_all(fd, len, sizeof len, ms));
	for (size_t i = 0; i < sizeof len; i++)
		n |= (size_t)len[i] << (8 * i);
	assert_true(n <= cap);
	assert_true(read_all(fd, to, n, ms));
	return n;
}

static void
write_all(int fd, const uint8_t *from, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, from, n);

		assert_true(done > 0);
		from += done;
		n -= (size_t)done;
	}
}

static struct vision_features
ask(struct worker *w, const uint8_t *jpeg, size_t n, uint32_t want)
{
	static uint64_t seq;
	struct vision_request q = { .seq = ++seq, .want = want, .jpeg_bytes = (uint32_t)n };
	uint8_t head[VISION_REQUEST_BYTES], reply[VISION_FEATURES_MAX];
	struct vision_features f;

	write_all(w->fd, head, vision_request_put(&q, head));
	write_all(w->fd, jpeg, n);
	assert_int_equal(vision_features_get(reply, read_reply(w->fd, reply, sizeof reply, FRAME_MS), &f), RC_OK);
	assert_int_equal(f.seq, q.seq);
	return f;
}

static uint8_t *
read_face(const char *name, size_t *n)
{
	const char *source = getenv("COUNTERSIGN_SOURCE");
	uint8_t *buf = malloc(JPEG_MAX_BYTES);
	char path[4096];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/tests/faces/%s", source != NULL ? source : ".", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_non_null(buf);
	*n = fread(buf, 1, JPEG_MAX_BYTES, f);
	(void)fclose(f);
	return buf;
}

static void
run_worker(int fd, const char *user)
{
	const char *bin = getenv("COUNTERSIGN_BIN"), *source = getenv("COUNTERSIGN_SOURCE");
	char program[4096], models[4096], number[12];

	(void)snprintf(program, sizeof program, "%s/countersign-vision", bin != NULL ? bin : ".");
	(void)snprintf(models, sizeof models, "%s/models", source != NULL ? source : ".");
	(void)snprintf(number, sizeof number, "%d", fd);
	(void)execl(program, program, "--models", models, "--fd", number, "--user", user, (char *)NULL);
	_exit(127);
}

static int
start(void **state)
{
	struct worker *w = calloc(1, sizeof *w);
	uint8_t hello[VISION_HELLO_BYTES];
	int pair[2];

	if (w == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || (w->pid = fork()) < 0)
		return -1;
	if (w->pid == 0) {
		(void)close(pair[0]);
		run_worker(pair[1], "");	/* the models may lie where no other user can read them */
	}
	(void)close(pair[1]);
	w->fd = pair[0];
	w->jpeg = read_face("person-a-1.jpg", &w->jpeg_n);
	assert_int_equal(vision_hello_get(hello, read_reply(w->fd, hello, sizeof hello, START_MS), &w->hello), RC_OK);
	*state = w;
	return 0;
}

/* Closing the socket ends the worker, with status 0. */
static int
stop(void **state)
{
	struct worker *w = *state;
	int status = -1;

	(void)close(w->fd);
	(void)waitpid(w->pid, &status, 0);
	free(w->jpeg);
	free(w);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static float
cosine(const struct vision_features *a, const struct vision_features *b)
{
	float sum = 0.0f;

	for (uint32_t i = 0; i < a->embed_dim; i++)
		sum += a->embedding[i] * b->embedding[i];
	return sum;
}

static void
says_who_it_is(void **state)
{
	struct worker *w = *state;

	assert_string_equal(w->hello.embedder, "mobilefacenet-pair");
	assert_int_equal(w->hello.embedder_version, 1);
	assert_int_equal(w->hello.embed_dim, 704);
}

static void
serves_what_is_wanted(void **state)
{
	struct worker *w = *state;
	struct vision_features f = ask(w, w->jpeg, w->jpeg_n, 0);

	assert_int_equal(f.rc, RC_OK);
	assert_int_equal(f.faces, 1);
	assert_int_equal(f.width, 480);
	assert_int_equal(f.has_eyes, 0);
	assert_int_equal(f.embed_dim, 0);
	assert_true(f.face[0].w > 120 && f.face[0].w < 320);
	assert_true(f.landmark[36][0] < f.landmark[45][0] && f.landmark[27][1] < f.landmark[8][1]);
	f = ask(w, w->jpeg, w->jpeg_n, VISION_WANT_EYES | VISION_WANT_EMBEDDING);
	assert_int_equal(f.has_eyes, 1);
	assert_true(f.eye_left > 0.2f && f.eye_right > 0.2f);	/* both are open */
	assert_int_equal(f.embed_dim, 704);
	assert_true(f.embed_norm > 0.6f && f.embed_norm < 1.5f);
	assert_true(f.turn < 0.0f && f.yaw < -5.0f);	/* she looks to the left of the picture */
}

static void
tells_people_apart(void **state)
{
	struct worker *w = *state;
	struct vision_features a = ask(w, w->jpeg, w->jpeg_n, VISION_WANT_EMBEDDING), b;
	uint8_t *jpeg;
	size_t n;

	jpeg = read_face("person-a-2.jpg", &n);
	b = ask(w, jpeg, n, VISION_WANT_EMBEDDING);
	assert_true(cosine(&a, &b) > 0.6f);
	free(jpeg);
	jpeg = read_face("person-b-1.jpg", &n);
	b = ask(w, jpeg, n, VISION_WANT_EMBEDDING);
	assert_true(cosine(&a, &b) < 0.4f);
	free(jpeg);
}

/* Where the frame header's sides are, 5 bytes behind its marker. */
static uint8_t *
frame_header(uint8_t *jpeg, size_t n)
{
	for (size_t i = 2; i + 9 < n; i++)
		if (jpeg[i] == 0xff && (jpeg[i + 1] == 0xc0 || jpeg[i + 1] == 0xc2))
			return jpeg + i;
	fail_msg("no frame header");
	return NULL;
}

/* A frame of w x h with no image data but `scans` empty scans. */
static size_t
make_scans(uint8_t *to, unsigned marker, unsigned w, unsigned h, unsigned scans)
{
	uint8_t head[] = { 0xff, 0xd8, 0xff, (uint8_t)marker, 0, 11, 8, (uint8_t)(h >> 8), (uint8_t)h,
	    (uint8_t)(w >> 8), (uint8_t)w, 1, 1, 0x11, 0 };
	static const uint8_t scan[] = { 0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0, 0x00, 0x00 };
	size_t n = sizeof head;

	memcpy(to, head, sizeof head);
	for (unsigned i = 0; i < scans; i++, n += sizeof scan)
		memcpy(to + n, scan, sizeof scan);
	to[n++] = 0xff;
	to[n++] = 0xd9;
	return n;
}

static void
peak_is_bounded(const struct worker *w)
{
	char path[64], line[256];
	long peak = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%d/status", (int)w->pid);
	if ((f = fopen(path, "r")) == NULL)
		return;
	while (fgets(line, sizeof line, f) != NULL)
		(void)sscanf(line, "VmHWM: %ld", &peak);
	(void)fclose(f);
	if (!SANITIZED)
		assert_true(peak > 0 && peak < PEAK_KB);
}

static void
hostile(struct worker *w, const char *what, const uint8_t *jpeg, size_t n, enum rc expect)
{
	struct vision_features f = ask(w, jpeg, n, VISION_WANT_EYES | VISION_WANT_EMBEDDING);

	if (f.rc != (int)expect || f.faces != 0)
		fail_msg("%s: %s, %u faces", what, rc_name(rc_from_wire(f.rc)), f.faces);
}

static void
hostile_pictures_are_refused(void **state)
{
	struct worker *w = *state;
	uint8_t *bad = malloc(JPEG_MAX_BYTES), *at;
	struct vision_features f;
	uint32_t seed = 1;

	assert_non_null(bad);
	hostile(w, "zero bytes", bad, 0, RC_IMAGE_BAD);
	for (size_t n = 1; n < w->jpeg_n; n += 997)
		hostile(w, "truncated", w->jpeg, n, RC_IMAGE_BAD);
	memcpy(bad, w->jpeg, w->jpeg_n);
	at = frame_header(bad, w->jpeg_n);
	at[7] = at[8] = 0xff;
	hostile(w, "65,535 wide", bad, w->jpeg_n, RC_IMAGE_BIG);
	at[7] = 0;
	at[8] = 8;
	hostile(w, "8 wide", bad, w->jpeg_n, RC_IMAGE_BAD);
	memcpy(bad, w->jpeg, w->jpeg_n);
	frame_header(bad, w->jpeg_n)[1] = 0xc9;
	hostile(w, "arithmetic coding", bad, w->jpeg_n, RC_IMAGE_BAD);
	hostile(w, "4096x4096, 20000 scans", bad, make_scans(bad, 0xc2, 4096, 4096, 20000), RC_IMAGE_BIG);
	hostile(w, "64x64, 30 scans", bad, make_scans(bad, 0xc2, 64, 64, 30), RC_IMAGE_BIG);
	hostile(w, "no tables", bad, make_scans(bad, 0xc0, 640, 480, 1), RC_IMAGE_BAD);
	for (size_t i = 0; i < JPEG_MAX_BYTES; i++)
		bad[i] = (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24);
	hostile(w, "noise", bad, JPEG_MAX_BYTES, RC_IMAGE_BAD);
	bad[0] = 0xff;
	bad[1] = 0xd8;
	hostile(w, "noise after a start marker", bad, JPEG_MAX_BYTES, RC_IMAGE_BAD);
	peak_is_bounded(w);
	f = ask(w, w->jpeg, w->jpeg_n, VISION_WANT_EMBEDDING);	/* it lives */
	assert_int_equal(f.rc, RC_OK);
	assert_int_equal(f.faces, 1);
	free(bad);
}

/* Bytes damaged at random: an answer comes, whatever it is, and the next good frame is fine. */
static void
damaged_pictures_are_survived(void **state)
{
	struct worker *w = *state;
	uint8_t *bad = malloc(w->jpeg_n);
	struct vision_features f;
	uint32_t seed = 99;

	assert_non_null(bad);
	for (int round = 0; round < 60; round++) {
		memcpy(bad, w->jpeg, w->jpeg_n);
		for (int i = 0; i < 1 + round / 6; i++) {
			seed = seed * 1664525u + 1013904223u;
			bad[(seed >> 4) % w->jpeg_n] ^= (uint8_t)(seed >> 24 | 1);
		}
		f = ask(w, bad, w->jpeg_n, VISION_WANT_EYES | VISION_WANT_EMBEDDING);
		assert_true(f.rc == RC_OK || f.rc == RC_IMAGE_BAD || f.rc == RC_IMAGE_BIG);
	}
	f = ask(w, w->jpeg, w->jpeg_n, 0);
	assert_int_equal(f.faces, 1);
	free(bad);
}

/* A request that is no request ends the worker: the stream cannot be trusted any more. */
static void
nonsense_ends_it(void **state)
{
	uint8_t nonsense[VISION_REQUEST_BYTES] = { 1, 2, 3 };
	struct worker *w;
	int status = -1;

	(void)state;
	assert_int_equal(start((void **)&w), 0);
	write_all(w->fd, nonsense, sizeof nonsense);
	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	(void)close(w->fd);
	free(w->jpeg);
	free(w);
}

/* Root's worker does not stay root because of a name mistyped; it says which. */
static void
a_wrong_user_ends_it(void **state)
{
	static const char *const wrong[] = { "no-such-user", "root" };
	int said[2], pair[2], status;
	char text[1024];
	pid_t pid;

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: only root changes users\n");
		skip();
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(pipe(said), 0);
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			(void)dup2(said[1], STDERR_FILENO);
			(void)close(said[0]);
			(void)close(said[1]);
			(void)close(pair[0]);
			run_worker(pair[1], wrong[i]);
		}
		(void)close(said[1]);
		(void)close(pair[1]);
		(void)close(pair[0]);
		memset(text, 0, sizeof text);
		assert_true(read(said[0], text, sizeof text - 1) > 0);
		assert_non_null(strstr(text, wrong[i]));
		(void)close(said[0]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(says_who_it_is, start, stop),
		cmocka_unit_test_setup_teardown(serves_what_is_wanted, start, stop),
		cmocka_unit_test_setup_teardown(tells_people_apart, start, stop),
		cmocka_unit_test_setup_teardown(hostile_pictures_are_refused, start, stop),
		cmocka_unit_test_setup_teardown(damaged_pictures_are_survived, start, stop),
		cmocka_unit_test(nonsense_ends_it),
		cmocka_unit_test(a_wrong_user_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
