/*
 * test_puppet_stream.c - fifos whose other ends come and go, and the program
 * itself: whole pictures for every reader, commands, a clean end.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "models/image_jpeg.h"
#include "proto/clock.h"
#include "proto/limits.h"
#include "tests/puppet/puppet_fifo.h"
#include "tests/puppet/puppet_stream.h"

#define PATH_BYTES  256u
#define DEADLINE_MS 30000

struct fixture { char folder[64], video[PATH_BYTES], control[PATH_BYTES]; };

static void
must(enum rc r)
{
	assert_string_equal(rc_name(r), "RC_OK");
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	snprintf(f->folder, sizeof f->folder, "/tmp/countersign-puppet-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->video, sizeof f->video, "%s/video", f->folder);
	snprintf(f->control, sizeof f->control, "%s/control", f->folder);
	*state = f;
	return 0;
}

/* Both fifos must have gone with their owners. */
static int
teardown(void **state)
{
	struct fixture *f = *state;
	int r = rmdir(f->folder);

	free(f);
	return r;
}

static void
say(const struct fixture *f, const char *text)
{
	int fd = open(f->control, O_WRONLY | O_NONBLOCK);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
lines_come_from_one_writer_after_the_other(void **state)
{
	const struct fixture *f = *state;
	char line[PUPPET_LINE_MAX], err[256], longest[2 * PUPPET_LINE_MAX];
	struct puppet_lines l;

	must(puppet_lines_open(&l, f->control, err, sizeof err));
	assert_int_equal(puppet_lines_next(&l, line), RC_AGAIN);
	say(f, "blink\n\n  still on \r\nle");
	must(puppet_lines_next(&l, line));
	assert_string_equal(line, "blink");
	must(puppet_lines_next(&l, line));
	assert_string_equal(line, "still on");
	assert_int_equal(puppet_lines_next(&l, line), RC_AGAIN);
	say(f, "ft\n");
	must(puppet_lines_next(&l, line));
	assert_string_equal(line, "left");
	memset(longest, 'x', sizeof longest);
	memcpy(longest + sizeof longest - 7, "\nquit\n", 7);
	say(f, longest);
	assert_int_equal(puppet_lines_next(&l, line), RC_TOO_BIG);
	must(puppet_lines_next(&l, line));
	assert_string_equal(line, "quit");
	assert_int_equal(puppet_lines_next(&l, line), RC_AGAIN);
	puppet_lines_close(&l);
}

static void
only_a_fifo_will_do(void **state)
{
	const struct fixture *f = *state;
	struct puppet_stream *s;
	char err[256];
	int fd = open(f->video, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(puppet_stream_open(&s, f->video, err, sizeof err), RC_INVALID);
	assert_non_null(strstr(err, "is no fifo"));
	unlink(f->video);
	assert_int_equal(puppet_stream_open(&s, "/nowhere/at/all", err, sizeof err), RC_IO);
	assert_non_null(strstr(err, "/nowhere/at/all"));
}

/* Fills the fifo, leaves in the middle of a picture, and comes again. */
static void
a_new_reader_starts_with_a_whole_picture(void **state)
{
	static uint8_t picture[100000], got[sizeof picture];
	const struct fixture *f = *state;
	struct puppet_stream *s;
	char err[256];
	ssize_t n;
	int fd;

	must(puppet_stream_open(&s, f->video, err, sizeof err));
	assert_false(puppet_stream_wants(s));
	for (size_t i = 0; i < sizeof picture; i++)
		picture[i] = (uint8_t)(i * 7 + i / 251);
	fd = open(f->video, O_RDONLY | O_NONBLOCK);
	assert_true(puppet_stream_wants(s));
	must(puppet_stream_send(s, picture, sizeof picture));
	assert_false(puppet_stream_wants(s));	/* more than a fifo holds: the rest waits */
	assert_true(puppet_stream_fd(s) >= 0);
	assert_true(read(fd, got, 1000) == 1000);
	close(fd);
	must(puppet_stream_push(s));	/* notices, forgets the rest */
	assert_int_equal(puppet_stream_fd(s), -1);
	assert_false(puppet_stream_wants(s));

	fd = open(f->video, O_RDONLY | O_NONBLOCK);
	assert_true(puppet_stream_wants(s));
	must(puppet_stream_send(s, picture, sizeof picture));
	for (size_t at = 0; at < sizeof got; at += (size_t)n) {
		n = read(fd, got + at, sizeof got - at);
		assert_true(n > 0);
		must(puppet_stream_push(s));
	}
	assert_memory_equal(got, picture, sizeof got);
	assert_true(puppet_stream_wants(s));
	assert_int_equal(puppet_stream_send(s, picture, JPEG_MAX_BYTES + 1), RC_TOO_BIG);
	close(fd);
	puppet_stream_close(s);
}

/* Reads pictures until so many were decoded; the stream must begin with one. */
static void
watch(const char *path, unsigned pictures)
{
	static uint8_t buf[2 * JPEG_MAX_BYTES];
	const struct clock *clock = clock_system();
	int64_t deadline = clock_mono_ms(clock) + DEADLINE_MS;
	struct image_jpeg *jpeg;
	size_t have = 0;
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	must(image_jpeg_open(&jpeg));
	while (pictures > 0) {
		ssize_t n = read(fd, buf + have, sizeof buf - have);
		const uint8_t *end;

		assert_true(n > 0 && clock_mono_ms(clock) < deadline);
		have += (size_t)n;
		while (pictures > 0 && (end = memmem(buf, have, "\xff\xd9", 2)) != NULL) {
			size_t one = (size_t)(end - buf) + 2;
			struct image im = { 0 };

			must(image_jpeg_decode(jpeg, buf, one, &im));
			assert_true(im.width == 320 && im.height == 240);
			image_free(&im);
			have -= one;
			memmove(buf, buf + one, have);
			pictures--;
		}
	}
	image_jpeg_close(jpeg);
	close(fd);
}

static void
start(const struct fixture *f, pid_t *pid)
{
	const char *root = getenv("COUNTERSIGN_SOURCE"), *bin = getenv("COUNTERSIGN_BIN");
	const struct clock *clock = clock_system();
	int64_t deadline = clock_mono_ms(clock) + DEADLINE_MS;
	char program[PATH_BYTES], face[PATH_BYTES], models[PATH_BYTES];
	struct stat st;

	assert_non_null(root);
	assert_non_null(bin);
	snprintf(program, sizeof program, "%s/countersign-puppet", bin);
	snprintf(face, sizeof face, "%s/tests/faces/person-b-1.jpg", root);
	snprintf(models, sizeof models, "%s/models", root);
	{
		const char *const argv[] = { program, "--face", face, "--out", f->video, "--control", f->control,
			"--models", models, "--size", "320x240", "--fps", "30", NULL };

		assert_int_equal(posix_spawn(pid, program, NULL, NULL, (char *const *)(uintptr_t)argv, environ), 0);
	}
	while (stat(f->control, &st) != 0) {
		assert_int_equal(waitpid(*pid, NULL, WNOHANG), 0);
		assert_true(clock_mono_ms(clock) < deadline);
		usleep(2000);
	}
}

static void
the_program_serves_readers_and_obeys(void **state)
{
	const struct fixture *f = *state;
	pid_t pid;
	int status;

	start(f, &pid);
	watch(f->video, 5);
	say(f, "blink\nleft\nnonsense\n");
	watch(f->video, 5);
	say(f, "quit\n");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
an_interrupt_ends_it_cleanly(void **state)
{
	const struct fixture *f = *state;
	pid_t pid;
	int status;

	start(f, &pid);
	assert_int_equal(kill(pid, SIGINT), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_come_from_one_writer_after_the_other, setup, teardown),
		cmocka_unit_test_setup_teardown(only_a_fifo_will_do, setup, teardown),
		cmocka_unit_test_setup_teardown(a_new_reader_starts_with_a_whole_picture, setup, teardown),
		cmocka_unit_test_setup_teardown(the_program_serves_readers_and_obeys, setup, teardown),
		cmocka_unit_test_setup_teardown(an_interrupt_ends_it_cleanly, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
