/*
 * test_model_steady.c - frame after frame takes no memory: none is allocated
 * by the pipeline, and the process does not grow.
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

/* Every call of our code to the allocator comes through here (linker option --wrap). */
static bool counting;
static unsigned long calls;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t each);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t to, size_t n);
int   __real_posix_memalign(void **p, size_t to, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t each);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t to, size_t n);
int   __wrap_posix_memalign(void **p, size_t to, size_t n);

void *
__wrap_malloc(size_t n)
{
	calls += counting;
	return __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t each)
{
	calls += counting;
	return __real_calloc(n, each);
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

static struct {
	struct face_frame ff;
	struct { uint8_t bytes[JPEG_MAX_BYTES]; size_t n; } jpeg[PICTURES];
} t;

/* Two people, a large picture, and none. */
static int
open_all(void **state)
{
	static const struct { const char *name; uint32_t w, h; } row[PICTURES] = {
		{ "person-b-1.jpg", 640, 480 }, { "person-c-1.jpg", 640, 480 }, { "person-e-1.jpg", 1280, 960 },
		{ NULL, 640, 480 },
	};
	const struct net_setup setup = { .backend = NET_AUTO };
	const char *source = getenv("COUNTERSIGN_SOURCE");
	struct image_pyramid p = { 0 };
	char path[4096], err[512] = "";
	enum rc r;

	(void)state;
	source = source != NULL ? source : ".";
	(void)snprintf(path, sizeof path, "%s/models", source);
	if ((r = face_frame_open(&t.ff, path, &setup, err, sizeof err)) != RC_OK)
		print_error("%s\n", err);
	for (unsigned i = 0; r == RC_OK && i < PICTURES; i++) {
		struct image photo = { 0 }, frame = { 0 };
		float step;

		if ((r = image_make(&frame, row[i].w, row[i].h)) == RC_OK && row[i].name != NULL) {
			(void)snprintf(path, sizeof path, "%s/tests/faces/%s", source, row[i].name);
			if ((r = image_jpeg_read_file(t.ff.jpeg, path, 4u << 20, &photo)) == RC_OK &&
			    (r = image_pyramid_show(&p, &photo)) == RC_OK) {
				step = (float)photo.height / (float)row[i].h;
				r = image_warp(&p, &(struct image_map){ { step, 0, ((float)photo.width - step * (float)row[i].w) / 2,
				    0, step, 0 } }, NULL, row[i].w, row[i].h, frame.rgb);
			}
		}
		if (r == RC_OK)
			r = image_jpeg_encode(t.ff.jpeg, &frame, 80, t.jpeg[i].bytes, JPEG_MAX_BYTES, &t.jpeg[i].n);
		image_free(&photo);
		image_free(&frame);
	}
	image_pyramid_close(&p);
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
	/* and none around the decoder */
	calls = 0;
	counting = true;
	for (unsigned long i = 0; i < 160; i++)
		one_frame(i, &f);
	counting = false;
	assert_int_equal(calls, 0);
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
		cmocka_unit_test(the_process_does_not_grow),
	};

	if (crypto_init() != RC_OK)
		return 1;
	kernels_use_threads(1);
	return cmocka_run_group_tests(tests, open_all, close_all);
}
