/*
 * test_model_steady.c - frame after frame takes no memory: our code allocates
 * none, oneDNN only its lists of arguments, and the process does not grow; and
 * what a frame put into the memory that stays is gone after it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * COUNTERSIGN_FRAMES: how many frames the process must survive without
 * growing; 2,000 unless told (400 under a sanitizer).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "models/face_frame.h"
#include "models/net_kernels.h"
#include "proto/crypto.h"
#include "proto/limits.h"
#include "proto/sanitized.h"

#define PICTURES  4u
#define WARM      200u
#define GROWN_MAX (1024 * 1024)
#define FLOATS_MAX 400u

/* Every call of our code to the allocator comes through here (linker option --wrap). */
static bool counting;
static unsigned long calls;
static unsigned long refused;	/* the call of this number gets nothing; 0: each gets what it wants */

/* And every call to malloc() of the libraries, too; glibc has it under a second name for this. */
#define LISTS_MAX  2600u	/* of one picture, all networks, texture's four times */
#define LIST_BYTES 256u
static unsigned long lists;
static size_t longest;

#if !SANITIZED
void *__libc_malloc(size_t n);

void *
malloc(size_t n)
{
	lists += counting;
	longest = counting && n > longest ? n : longest;
	return __libc_malloc(n);
}
#endif

/* Arrays of floats that opening the networks left: their inputs and outputs. */
static struct { const uint8_t *at; size_t n; } floats[FLOATS_MAX];
static bool recording;
static unsigned kept;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t each);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t to, size_t n);
int   __real_posix_memalign(void **p, size_t to, size_t n);
void  __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t each);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t to, size_t n);
int   __wrap_posix_memalign(void **p, size_t to, size_t n);
void  __wrap_free(void *p);

void *
__wrap_malloc(size_t n)
{
	calls += counting;
	return counting && calls == refused ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t each)
{
	void *p;

	calls += counting;
	p = counting && calls == refused ? NULL : __real_calloc(n, each);
	if (recording && p != NULL && each == sizeof(float) && kept < FLOATS_MAX) {
		floats[kept].at = p;
		floats[kept++].n = n * each;
	}
	return p;
}

void *
__wrap_realloc(void *p, size_t n)
{
	calls += counting;
	return __real_realloc(p, n);
}

void *
__wrap_aligned_alloc(size_t to, size_t n)
{
	calls += counting;
	return __real_aligned_alloc(to, n);
}

int
__wrap_posix_memalign(void **p, size_t to, size_t n)
{
	calls += counting;
	return __real_posix_memalign(p, to, n);
}

void
__wrap_free(void *p)
{
	for (unsigned i = 0; recording && i < kept; i++)
		if (floats[i].at == p) {
			floats[i] = floats[--kept];
			break;
		}
	__real_free(p);
}

/* So does every call to the decoder; from the one of this number on none comes back with a picture. */
static unsigned decoded, decoded_last;

enum rc __real_image_jpeg_decode_to(struct image_jpeg *j, const uint8_t *src, size_t n, const struct image_jpeg_info *info,
    unsigned halved, struct image *im, size_t cap);
enum rc __wrap_image_jpeg_decode_to(struct image_jpeg *j, const uint8_t *src, size_t n, const struct image_jpeg_info *info,
    unsigned halved, struct image *im, size_t cap);

enum rc
__wrap_image_jpeg_decode_to(struct image_jpeg *j, const uint8_t *src, size_t n, const struct image_jpeg_info *info,
    unsigned halved, struct image *im, size_t cap)
{
	if (++decoded > decoded_last && decoded_last > 0)
		return RC_IMAGE_BAD;
	return __real_image_jpeg_decode_to(j, src, n, info, halved, im, cap);
}

static struct {
	struct face_frame ff;
	struct { uint8_t bytes[JPEG_MAX_BYTES]; size_t n; } jpeg[PICTURES];
} t;

static const char *
source_folder(void)
{
	const char *source = getenv("COUNTERSIGN_SOURCE");

	return source != NULL ? source : ".";
}

/* A picture of w x h with a photograph (NULL: nothing) `high` pixels high in its middle; jpeg: [JPEG_MAX_BYTES]. */
static enum rc
make_jpeg(const char *name, uint32_t w, uint32_t h, float high, uint8_t *jpeg, size_t *n)
{
	struct image photo = { 0 }, frame = { 0 };
	struct image_pyramid p = { 0 };
	char path[4096];
	enum rc r;

	if ((r = image_make(&frame, w, h)) == RC_OK && name != NULL) {
		(void)snprintf(path, sizeof path, "%s/tests/faces/%s", source_folder(), name);
		if ((r = image_jpeg_read_file(t.ff.jpeg, path, 4u << 20, &photo)) == RC_OK &&
		    (r = image_pyramid_show(&p, &photo)) == RC_OK) {
			float step = (float)photo.height / high;
			struct image_map map = { { step, 0, ((float)photo.width - step * (float)w) / 2, 0, step,
			    ((float)photo.height - step * (float)h) / 2 } };

			r = image_warp(&p, &map, NULL, w, h, frame.rgb);
		}
	}
	if (r == RC_OK)
		r = image_jpeg_encode(t.ff.jpeg, &frame, 80, jpeg, JPEG_MAX_BYTES, n);
	image_pyramid_close(&p);
	image_free(&photo);
	image_free(&frame);
	return r;
}

/* Two people, a large picture, and none. */
static int
open_all(void **state)
{
	static const struct { const char *name; uint32_t w, h; } row[PICTURES] = {
		{ "person-b-1.jpg", 640, 480 }, { "person-c-1.jpg", 640, 480 }, { "person-e-1.jpg", 1280, 960 },
		{ NULL, 640, 480 },
	};
	const struct net_setup setup = { .backend = NET_AUTO };
	char path[4096], err[512] = "";
	enum rc r;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/models", source_folder());
	recording = true;
	if ((r = face_frame_open(&t.ff, path, &setup, err, sizeof err)) != RC_OK)
		print_error("%s\n", err);
	recording = false;
	for (unsigned i = 0; r == RC_OK && i < PICTURES; i++)
		r = make_jpeg(row[i].name, row[i].w, row[i].h, (float)row[i].h, t.jpeg[i].bytes, &t.jpeg[i].n);
	return r == RC_OK ? 0 : -1;
}

static int
close_all(void **state)
{
	(void)state;
	face_frame_close(&t.ff);
	return 0;
}

/* Frame i of an endless day: people come and go, some pictures are broken. */
static void
one_frame(unsigned long i, struct vision_features *f)
{
	unsigned which = (unsigned)(i / 40 % PICTURES);
	size_t n = i % 50 == 49 ? t.jpeg[which].n / 2 : t.jpeg[which].n;
	uint32_t want = i % 10 == 0 ? VISION_WANT_EYES | VISION_WANT_EMBEDDING | VISION_WANT_TEXTURE : VISION_WANT_EYES;
	struct vision_box track = f->faces == 1 && i % 5 != 0 ? f->face[0] : (struct vision_box){ 0 };
	enum rc r = face_frame_run(&t.ff, t.jpeg[which].bytes, n, want, &track, f);

	assert_int_equal(r, n == t.jpeg[which].n ? RC_OK : RC_IMAGE_BAD);
	assert_int_equal(f->faces, r == RC_OK && which != 3);
}

static void
running_allocates_nothing(void **state)
{
	struct vision_features f = { 0 };
	struct image im;

	(void)state;
	counting = true;	/* the counter counts */
	assert_int_equal(image_make(&im, 64, 64), RC_OK);
	counting = false;
	image_free(&im);
	assert_int_equal(calls, 1);
	lists = longest = 0;
	for (unsigned i = 0; i < PICTURES; i++)
		for (int round = 0; round < 2; round++) {
			struct vision_box track = { 0 };

			assert_int_equal(image_jpeg_decode(t.ff.jpeg, t.jpeg[i].bytes, t.jpeg[i].n, &im), RC_OK);
			calls = 0;
			counting = true;
			for (int k = 0; k < 3; k++) {
				assert_int_equal(face_pipeline_run(&t.ff.faces, &im, VISION_WANT_EYES | VISION_WANT_EMBEDDING |
				    VISION_WANT_TEXTURE, &track, &f), RC_OK);
				track = f.faces == 1 ? f.face[0] : track;
			}
			counting = false;
			assert_int_equal(calls, 0);
			image_free(&im);
		}
	print_message("oneDNN's lists: %lu a picture, the longest of %zu bytes\n", lists / (PICTURES * 2 * 3), longest);
	assert_true(SANITIZED || (lists > 0 && lists / (PICTURES * 2 * 3) < LISTS_MAX && longest <= LIST_BYTES));
	/* and none around the decoder */
	calls = 0;
	counting = true;
	for (unsigned long i = 0; i < 160; i++)
		one_frame(i, &f);
	counting = false;
	assert_int_equal(calls, 0);
}

/* Whichever piece of memory is missing when a network is opened: it is never called a bad one. */
static void
want_of_memory_is_named(void **state)
{
	const struct net_setup setup = { .backend = NET_F32 };
	unsigned long all = 1;
	char dir[4096];

	(void)state;
	(void)snprintf(dir, sizeof dir, "%s/models", source_folder());
	for (unsigned long k = 0; k <= all; k += k < 8 || SANITIZED == 0 ? 1 : 7) {
		struct eyes *e = NULL;
		char err[512] = "";
		enum rc r;

		refused = k;
		calls = 0;
		counting = true;
		r = eyes_open(&e, dir, &setup, err, sizeof err);
		counting = false;
		refused = 0;
		if (k == 0)
			all = calls;
		assert_int_equal(r, k == 0 ? RC_OK : RC_NOMEM);
		if (k > 0 && strstr(err, "out of memory") == NULL)
			fail_msg("%lu of %lu: %s", k, all, err);
		eyes_close(e);
	}
	assert_true(all > 20);
}

static size_t
bytes_left(const uint8_t *at, size_t n)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		left += at[i] != 0;
	return left;
}

/* Searched or followed: chips, activations and outputs of every network, halved pictures and the picture itself. */
static void
a_frame_leaves_nothing_behind(void **state)
{
	const struct image_pyramid *p = &t.ff.faces.pyramid;
	struct vision_features f = { 0 };
	uint8_t *block;

	(void)state;
	assert_in_range(kept, 12, FLOATS_MAX - 1);	/* an input and an output of six networks */
	for (int followed = 0; followed < 2; followed++) {
		struct vision_box track = f.face[0];
		enum rc r = face_frame_run(&t.ff, t.jpeg[1].bytes, t.jpeg[1].n, VISION_WANT_EYES | VISION_WANT_EMBEDDING |
		    VISION_WANT_TEXTURE, &track, &f);

		assert_int_equal(r, RC_OK);
		assert_int_equal(f.faces, 1);
		assert_int_equal(f.tracked, followed);
		assert_true(f.embed_dim > 0 && f.has_texture && f.has_eyes);
		for (unsigned i = 0; i < kept; i++)
			assert_int_equal(bytes_left(floats[i].at, floats[i].n), 0);
		assert_int_equal(net_workspace_take(t.ff.faces.workspace, 0, &block), RC_OK);
		assert_int_equal(bytes_left(block, net_workspace_bytes(t.ff.faces.workspace)), 0);
		assert_int_equal(bytes_left(p->store, p->cap), 0);
		assert_int_equal(bytes_left(t.ff.im.rgb, (size_t)640 * 480 * 3), 0);
	}
}

/* A large picture with a small face is looked at twice. */
static void
a_second_look_that_fails_leaves_no_faces(void **state)
{
	static uint8_t jpeg[JPEG_MAX_BYTES];
	struct vision_features f = { .seq = 7 }, none = { 0 };
	size_t n = 0;

	(void)state;
	assert_int_equal(make_jpeg("person-b-1.jpg", 3072, 3072, 1000.0f, jpeg, &n), RC_OK);
	decoded = 0;
	decoded_last = 1;
	assert_int_equal(face_frame_run(&t.ff, jpeg, n, VISION_WANT_EMBEDDING, NULL, &f), RC_IMAGE_BAD);
	decoded_last = 0;
	assert_int_equal(decoded, 2);
	none = (struct vision_features){ .seq = 7, .ms_decode = f.ms_decode, .rc = RC_IMAGE_BAD };
	assert_true(f.ms_decode > 0.0f);
	assert_memory_equal(&f, &none, sizeof f);
	assert_int_equal(face_frame_run(&t.ff, jpeg, n, VISION_WANT_EMBEDDING, NULL, &f), RC_OK);
	assert_int_equal(f.faces, 1);
}

static long
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long size = 0, pages = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%ld %ld", &size, &pages) != 2)
		pages = 0;
	(void)fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

static void
the_process_does_not_grow(void **state)
{
	const char *told = getenv("COUNTERSIGN_FRAMES");
	unsigned long frames = told != NULL ? strtoul(told, NULL, 10) : SANITIZED ? 400 : 2000;
	struct vision_features f = { 0 };
	long before = 0, grown;

	(void)state;
	for (unsigned long i = 0; i < frames; i++) {
		if (i == WARM)
			before = resident();
		one_frame(i, &f);
	}
	grown = resident() - before;
	print_message("%lu frames: %ld kB resident, grown by %ld kB\n", frames, resident() / 1024, grown / 1024);
	if (!SANITIZED)	/* a sanitizer keeps what was freed */
		assert_true(before > 0 && grown <= GROWN_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(running_allocates_nothing),
		cmocka_unit_test(want_of_memory_is_named),
		cmocka_unit_test(a_frame_leaves_nothing_behind),
		cmocka_unit_test(the_process_does_not_grow),
		cmocka_unit_test(a_second_look_that_fails_leaves_no_faces),	/* the last one: pictures stay large */
	};

	if (crypto_init() != RC_OK)
		return 1;
	kernels_use_threads(1);
	return cmocka_run_group_tests(tests, open_all, close_all);
}
