/*
 * test_camera.c - JPEG to and fro, the fifo, FFmpeg's test pattern, words for
 * cameras that cannot be used, and the picture in cells.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/camera.h"
#include "client/camera_jpeg.h"
#include "client/preview.h"

#define PATIENCE_MS 10000

static char folder[] = "/tmp/countersign-camera-XXXXXX";

static char *
path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

/* Left half of one colour, right half of the other. */
static struct camera_frame *
two_halves(int w, int h, uint32_t left, uint32_t right)
{
	struct camera_frame *f = camera_frame_new(w, h);

	assert_non_null(f);
	for (int i = 0; i < w * h; i++) {
		uint32_t rgb = i % w < w / 2 ? left : right;

		f->rgb[i * 3] = (uint8_t)(rgb >> 16);
		f->rgb[i * 3 + 1] = (uint8_t)(rgb >> 8);
		f->rgb[i * 3 + 2] = (uint8_t)rgb;
	}
	return f;
}

static size_t
make_jpeg(uint8_t *dst, uint32_t left, uint32_t right)
{
	struct camera_frame *f = two_halves(320, 240, left, right);
	struct jpeg *j = jpeg_new();
	const uint8_t *p;
	size_t n;

	assert_non_null(j);
	p = jpeg_encode(j, f, 80, &n);
	assert_non_null(p);
	memcpy(dst, p, n);
	camera_frame_free(f);
	jpeg_free(j);
	return n;
}

static void
test_jpeg(void **state)
{
	static uint8_t one[65536], two[2 * 65536 + 16];
	struct jpeg *j = jpeg_new();
	struct camera_frame *f;
	size_t n = make_jpeg(one, 0xc00000, 0x0000c0), start;

	(void)state;
	assert_int_equal(jpeg_find(one, n, &start), n);
	assert_int_equal(start, 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(jpeg_find(one, i, &start), 0);		/* every prefix is incomplete */
	memcpy(two, "rubbish", 7);
	memcpy(two + 7, one, n);
	memcpy(two + 7 + n, one, n);
	assert_int_equal(jpeg_find(two, 7 + 2 * n, &start), 7 + n);
	assert_int_equal(start, 7);
	/* One that was cut short within its picture data is passed over. */
	for (size_t cut = n / 2; cut < n; cut += 7) {
		memcpy(two, one, cut);
		memcpy(two + cut, one, n);
		memcpy(two + cut + n, one, n);
		assert_true(jpeg_find(two, cut + 2 * n, &start) != 0);
	}
	f = jpeg_decode(j, one, n, 320, 240);
	assert_non_null(f);
	assert_true(f->rgb[0] > 170 && f->rgb[2] < 30);
	assert_true(f->rgb[319 * 3] < 30 && f->rgb[319 * 3 + 2] > 170);
	camera_frame_free(f);
	f = jpeg_decode(j, one, n, 170, 130);		/* halved to fit */
	assert_non_null(f);
	assert_in_range(f->w, 100, 170);
	assert_in_range(f->h, 60, 130);
	camera_frame_free(f);
	assert_null(jpeg_decode(j, one, n / 2, 320, 240));
	assert_null(jpeg_decode(j, (const uint8_t *)"no picture at all", 17, 320, 240));
	jpeg_free(j);
}

/* Waits for a picture whose left top corner is of this colour. */
static bool
wait_for(struct camera *c, int red, int blue)
{
	int64_t end = clock_mono_ms(clock_system()) + PATIENCE_MS;

	while (clock_mono_ms(clock_system()) < end) {
		struct pollfd p = { .fd = camera_fd(c), .events = POLLIN };
		struct camera_frame *f;
		bool same;

		poll(&p, 1, 100);
		if ((f = camera_take(c)) == NULL)
			continue;
		same = abs(f->rgb[0] - red) < 30 && abs(f->rgb[2] - blue) < 30;
		camera_frame_free(f);
		if (same)
			return true;
	}
	return false;
}

static bool
wait_state(struct camera *c, enum camera_state want, const char *word)
{
	int64_t end = clock_mono_ms(clock_system()) + PATIENCE_MS;
	char text[256];

	while (clock_mono_ms(clock_system()) < end) {
		struct pollfd p = { .fd = camera_fd(c), .events = POLLIN };

		if (camera_state(c, text, sizeof text) == want && strstr(text, word) != NULL)
			return true;
		poll(&p, 1, 50);
	}
	print_error("the camera says: %s\n", text);
	return false;
}

static struct camera *
start(const char *spec)
{
	struct camera_opts o = { .width = 320, .height = 240, .fps = 15 };
	const struct camera_source *src;
	const char *where;
	char err[256] = "";
	struct camera *c;

	src = camera_source_find(spec, &where, err, sizeof err);
	assert_non_null(src);
	c = camera_start(src, &o, where, clock_system(), err, sizeof err);
	assert_non_null(c);
	return c;
}

static void
test_pipe(void **state)
{
	static uint8_t jpeg[65536];
	char spec[300];
	struct camera *c;
	size_t n;
	int fd;

	(void)state;
	snprintf(spec, sizeof spec, "pipe:%s", path_of("fifo"));
	c = start(spec);
	assert_true(wait_state(c, CAMERA_FAILED, "There is no fifo"));
	assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
	assert_true(wait_state(c, CAMERA_WAITING, "Nothing is sent"));	/* no writer: it does not hang */
	n = make_jpeg(jpeg, 0xc00000, 0x0000c0);
	fd = open(path_of("fifo"), O_WRONLY);
	assert_int_equal(write(fd, jpeg, n), (ssize_t)n);
	assert_true(wait_for(c, 0xc0, 0));
	assert_int_equal(write(fd, jpeg, n / 2), (ssize_t)(n / 2));	/* the writer dies within a picture */
	close(fd);
	n = make_jpeg(jpeg, 0x0000c0, 0xc00000);
	fd = open(path_of("fifo"), O_WRONLY);				/* and comes back */
	assert_int_equal(write(fd, jpeg, n), (ssize_t)n);
	assert_int_equal(write(fd, jpeg, n), (ssize_t)n);
	assert_true(wait_for(c, 0, 0xc0));
	close(fd);
	camera_stop(c);
}

/* A picture is as old as its bytes, to the microsecond: nothing smooths or rounds a camera's own rhythm. */
static void
test_times(void **state)
{
	static uint8_t jpeg[65536];
	size_t n = make_jpeg(jpeg, 0xc00000, 0x0000c0);
	bool fine = false;
	struct camera *c;
	char spec[300];
	int fd;

	(void)state;
	assert_int_equal(mkfifo(path_of("times"), 0600), 0);
	snprintf(spec, sizeof spec, "pipe:%s", path_of("times"));
	c = start(spec);
	assert_true(wait_state(c, CAMERA_WAITING, "Nothing is sent"));
	fd = open(path_of("times"), O_WRONLY);
	for (int i = 0; i < 12; i++) {
		int64_t sent = clock_mono_us(clock_system()), end = sent / 1000 + PATIENCE_MS;
		struct camera_frame *f = NULL;

		assert_int_equal(write(fd, jpeg, n), (ssize_t)n);
		while (f == NULL && clock_mono_ms(clock_system()) < end) {
			struct pollfd p = { .fd = camera_fd(c), .events = POLLIN };

			poll(&p, 1, 100);
			f = camera_take(c);
		}
		assert_non_null(f);
		assert_in_range(f->taken_us, sent, clock_mono_us(clock_system()));
		fine |= f->taken_us % 1000 != 0;
		camera_frame_free(f);
	}
	assert_true(fine);
	close(fd);
	camera_stop(c);
}

static void
test_pattern(void **state)
{
	int64_t end = clock_mono_ms(clock_system()) + PATIENCE_MS, first = 0, last = 0;
	struct camera *c = start("test");
	int frames = 0;

	(void)state;
	while (frames < 16 && clock_mono_ms(clock_system()) < end) {
		struct pollfd p = { .fd = camera_fd(c), .events = POLLIN };
		struct camera_frame *f;

		poll(&p, 1, 100);
		if ((f = camera_take(c)) == NULL)
			continue;
		assert_int_equal(f->w, 320);
		assert_int_equal(f->h, 240);
		first = frames++ == 0 ? f->taken_us : first;
		last = f->taken_us;
		camera_frame_free(f);
	}
	assert_int_equal(frames, 16);
	/* Fifteen periods at 15 a second are a second; never faster than that by more than a tenth. */
	assert_true(last - first >= 900000);
	camera_stop(c);
}

/* A file plays at its own pace and starts again at its end. */
static void
test_file(void **state)
{
	static uint8_t red[65536], blue[65536];
	size_t red_n = make_jpeg(red, 0xc00000, 0x0000c0), blue_n = make_jpeg(blue, 0x0000c0, 0xc00000);
	FILE *f = fopen(path_of("film.mjpeg"), "w");
	struct camera *c;
	char spec[300];

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < 20; i++) {
		const uint8_t *p = i < 10 ? red : blue;

		fwrite(p, 1, i < 10 ? red_n : blue_n, f);
	}
	fclose(f);
	snprintf(spec, sizeof spec, "file:%s", path_of("film.mjpeg"));
	c = start(spec);
	for (int turn = 0; turn < 3; turn++) {
		assert_true(wait_for(c, 0xc0, 0));
		assert_true(wait_for(c, 0, 0xc0));
	}
	camera_stop(c);
	unlink(path_of("film.mjpeg"));
}

static void
test_words(void **state)
{
	static const struct { const char *what, *spec, *word; } t[] = {
		{ "no device",      "v4l2:/dev/video97",       "Plug the camera in" },
		{ "a folder",       "file:/",                  "is a folder" },
		{ "nobody there",   "rtsp://127.0.0.1:1/none", "Switch it on" },
		{ "no file",        "file:/nowhere/face.mp4",  "No such file" },
		{ "not a picture",  "file:/etc/passwd",        "nothing that can be shown" },
		{ "no fifo there",  "pipe:/etc/passwd",        "is not a fifo" },
	};
	const char *where;
	char err[256];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct camera *c = start(t[i].spec);

		print_message("%s\n", t[i].what);
		assert_true(wait_state(c, CAMERA_FAILED, t[i].word));
		camera_stop(c);
	}
	assert_null(camera_source_find("webcam", &where, err, sizeof err));
	assert_null(camera_source_find("v4l2:", &where, err, sizeof err));
	assert_non_null(strstr(err, "v4l2:/dev/video0"));
}

/* A cell of one colour may be drawn as a blank or as a full block. */
static bool
is_white(const struct cell *c)
{
	int colour = c->cp == ' ' ? c->bg : c->fg;

	return colour == 231 || colour == 255;
}

static void
test_preview(void **state)
{
	struct camera_frame *f = two_halves(640, 480, 0x202020, 0xffffff);
	struct cell cells[45 * 17];
	int64_t begun;

	(void)state;
	for (int mirror = 0; mirror < 2; mirror++) {
		struct preview *p = preview_new(PREVIEW_256, false);
		const struct cell *left = &cells[8 * 45 + 2], *right = &cells[8 * 45 + 42];

		assert_int_equal(preview_make(p, f->rgb, f->w, f->h, mirror == 1, cells, 45, 17), RC_OK);
		assert_int_equal(is_white(left), mirror == 1);
		assert_int_equal(is_white(right), mirror == 0);
		preview_free(p);
	}
	for (enum preview_colours k = PREVIEW_MONO; k <= PREVIEW_256; k++) {
		struct preview *p = preview_new(k, true);

		assert_int_equal(preview_make(p, f->rgb, f->w, f->h, true, cells, 45, 17), RC_OK);
		for (int i = 0; i < 45 * 17; i++)
			assert_in_range(cells[i].cp, 0x20, 0x7e);
		preview_free(p);
	}
	{
		struct preview *p = preview_new(PREVIEW_256, false);

		begun = clock_mono_ms(clock_system());
		for (int i = 0; i < 20; i++)
			assert_int_equal(preview_make(p, f->rgb, f->w, f->h, true, cells, 45, 17), RC_OK);
		print_message("a picture in %.1f ms\n", (double)(clock_mono_ms(clock_system()) - begun) / 20);
		assert_int_equal(preview_make(p, f->rgb, f->w, f->h, true, cells, 0, 17), RC_INVALID);
		preview_free(p);
	}
	camera_frame_free(f);
}

static int
set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path_of("fifo"));
	unlink(path_of("times"));
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jpeg), cmocka_unit_test(test_pipe), cmocka_unit_test(test_times),
		cmocka_unit_test(test_pattern), cmocka_unit_test(test_file), cmocka_unit_test(test_words),
		cmocka_unit_test(test_preview),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
