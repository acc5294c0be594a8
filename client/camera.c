/*
 * camera.c - the camera's thread and the one slot for the newest picture.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two owners, the caller and the thread; whoever lets go last frees. So
 * stopping never waits for a device that is slow to answer.
 */
#include "client/camera.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "proto/crypto.h"

#define CAMERA_SIDE_MAX 4096
#define CAMERA_RETRY_MS 1000
#define CAMERA_QUIET_MS 1500	/* no picture for this long: say so */

struct camera {
	const struct camera_source *src;
	struct camera_opts opts;
	char where[CAMERA_SPEC_BYTES];
	const struct clock *clock;
	int  fd;
	atomic_bool stop;
	atomic_int  owners;

	pthread_mutex_t lock;		/* guards what follows */
	struct camera_frame *newest;
	enum camera_state state;
	char text[NOTICE_BYTES];
};

struct camera_frame *
camera_frame_new(int w, int h)
{
	struct camera_frame *f;

	if (w < 1 || h < 1 || w > CAMERA_SIDE_MAX || h > CAMERA_SIDE_MAX || (f = calloc(1, sizeof *f)) == NULL)
		return NULL;
	if ((f->rgb = malloc((size_t)w * (size_t)h * 3)) == NULL) {
		free(f);
		return NULL;
	}
	f->w = w;
	f->h = h;
	return f;
}

/* A picture of a person: not left behind in memory. */
void
camera_frame_free(struct camera_frame *f)
{
	if (f == NULL)
		return;
	crypto_wipe(f->rgb, (size_t)f->w * (size_t)f->h * 3);
	free(f->rgb);
	free(f);
}

const struct camera_source *
camera_source_find(const char *spec, const char **where, char *err, size_t err_n)
{
	static const struct camera_source *const sources[] = {
		&camera_v4l2, &camera_file, &camera_pipe, &camera_rtsp, &camera_test,
	};
	size_t n = strcspn(spec, ":");

	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
		const struct camera_source *s = sources[i];

		if (strlen(s->kind) != n || strncmp(s->kind, spec, n) != 0)
			continue;
		*where = spec[n] == ':' ? spec + n + 1 : "";
		if (s == &camera_rtsp && strncmp(*where, "//", 2) == 0)
			*where = spec;		/* "rtsp://..." is meant as it stands */
		if (s == &camera_test || (*where)[0] != '\0')
			return s;
	}
	snprintf(err, err_n, "The camera '%s' is none of v4l2:/dev/video0, file:PATH, pipe:PATH, rtsp:URL and test; "
	    "correct terminal.conf or --camera.", spec);
	return NULL;
}

static void
camera_release(struct camera *c)
{
	if (atomic_fetch_sub(&c->owners, 1) != 1)
		return;
	camera_frame_free(c->newest);
	close(c->fd);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static void
camera_signal(struct camera *c)
{
	uint64_t one = 1;
	ssize_t n = write(c->fd, &one, sizeof one);

	(void)n;	/* full means it is readable already */
}

static void
camera_tell(struct camera *c, enum camera_state state, const char *text)
{
	bool news;

	pthread_mutex_lock(&c->lock);
	news = c->state != state || strcmp(c->text, text) != 0;
	c->state = state;
	snprintf(c->text, sizeof c->text, "%s", text);
	pthread_mutex_unlock(&c->lock);
	if (news)
		camera_signal(c);
}

static void
camera_publish(struct camera *c, struct camera_frame *f)
{
	struct camera_frame *old;

	pthread_mutex_lock(&c->lock);
	old = c->newest;
	c->newest = f;
	c->state = CAMERA_RUNNING;
	c->text[0] = '\0';
	pthread_mutex_unlock(&c->lock);
	camera_frame_free(old);
	camera_signal(c);
}

/* Waits a little, or less when asked to stop. */
static void
camera_pause(const struct camera *c, int ms)
{
	struct timespec step = { .tv_nsec = 50 * 1000 * 1000 };

	for (int i = 0; i < ms; i += 50)
		if (!atomic_load(&c->stop))
			nanosleep(&step, NULL);
}

/* From open to trouble. */
static void
camera_run_once(struct camera *c)
{
	struct camera_frame *f = NULL;
	char err[NOTICE_BYTES] = "";
	void *state = NULL;
	enum rc r = c->src->open(&c->opts, c->where, &c->stop, &state, err, sizeof err);
	int64_t last;

	if (r != RC_OK) {
		camera_tell(c, CAMERA_FAILED, err);
		return;
	}
	last = clock_mono_ms(c->clock);
	while (!atomic_load(&c->stop)) {
		err[0] = '\0';
		r = c->src->next(state, &f, err, sizeof err);
		if (r == RC_OK) {
			last = clock_mono_ms(c->clock);
			camera_publish(c, f);
		} else if (r != RC_AGAIN) {
			camera_tell(c, CAMERA_FAILED, err);
			break;
		} else if (clock_mono_ms(c->clock) - last > CAMERA_QUIET_MS) {
			camera_tell(c, CAMERA_WAITING, err[0] != '\0' ? err :
			    "Check that it is plugged in and that no cover hides it.");
		}
	}
	c->src->close(state);
}

static void *
camera_thread(void *arg)
{
	struct camera *c = arg;

	while (!atomic_load(&c->stop)) {
		camera_run_once(c);
		camera_pause(c, CAMERA_RETRY_MS);
	}
	camera_release(c);
	return NULL;
}

struct camera *
camera_start(const struct camera_source *src, const struct camera_opts *o, const char *where, const struct clock *clock,
    char *err, size_t err_n)
{
	struct camera *c = calloc(1, sizeof *c);
	pthread_attr_t attr;
	pthread_t thread;
	int failed;

	snprintf(err, err_n, "The camera cannot be started: this terminal is out of memory or threads.");
	if (c == NULL)
		return NULL;
	c->src = src;
	c->opts = *o;
	c->clock = clock;
	c->state = CAMERA_OPENING;
	snprintf(c->where, sizeof c->where, "%s", where);
	atomic_init(&c->stop, false);
	atomic_init(&c->owners, 2);
	pthread_mutex_init(&c->lock, NULL);
	c->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	failed = c->fd < 0 || pthread_create(&thread, &attr, camera_thread, c) != 0;
	pthread_attr_destroy(&attr);
	if (failed) {
		atomic_store(&c->owners, 1);
		camera_release(c);
		return NULL;
	}
	return c;
}

void
camera_stop(struct camera *c)
{
	if (c == NULL)
		return;
	atomic_store(&c->stop, true);
	camera_release(c);
}

int
camera_fd(const struct camera *c)
{
	return c->fd;
}

struct camera_frame *
camera_take(struct camera *c)
{
	struct camera_frame *f;
	uint64_t count;
	ssize_t n = read(c->fd, &count, sizeof count);

	(void)n;
	pthread_mutex_lock(&c->lock);
	f = c->newest;
	c->newest = NULL;
	pthread_mutex_unlock(&c->lock);
	return f;
}

enum camera_state
camera_state(struct camera *c, char *text, size_t n)
{
	enum camera_state s;

	pthread_mutex_lock(&c->lock);
	s = c->state;
	snprintf(text, n, "%s", c->text);
	pthread_mutex_unlock(&c->lock);
	return s;
}
