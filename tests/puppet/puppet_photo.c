/*
 * puppet_photo.c - detector, landmarks and lids on one JPEG file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/detector.h"
#include "models/eyes.h"
#include "models/image_jpeg.h"
#include "models/landmarks.h"
#include "models/net_kernels.h"
#include "tests/puppet/puppet_photo.h"

#define PHOTO_FILE_MAX (8u << 20)
#define FACE_MIN_PX    60.0f
#define EYES_FIRST     36u	/* of the 68: twelve points around the eyes */
#define EYES_POINTS    12u
#define FACE_LEAST     0.2f	/* score of the face that is shown */
#define OTHER_LEAST    0.2f	/* score from which something may be another person's face */

struct puppet_finder {
	struct image_jpeg *jpeg;
	struct detector *detector;
	struct landmarks *landmarks;
	struct eyes *eyes;
};

enum rc
puppet_finder_open(struct puppet_finder **out, const char *models_dir, char *err, size_t err_n)
{
	struct puppet_finder *f = calloc(1, sizeof *f);
	const struct net_setup setup = { .backend = NET_AUTO };
	enum rc r;

	if (f == NULL || (r = image_jpeg_open(&f->jpeg)) != RC_OK) {
		snprintf(err, err_n, "out of memory");
		free(f);
		return RC_NOMEM;
	}
	kernels_use_threads(1);	/* the other cores belong to what is being tested */
	if ((r = detector_open(&f->detector, models_dir, &setup, 0, err, err_n)) != RC_OK ||
	    (r = landmarks_open(&f->landmarks, models_dir, &setup, err, err_n)) != RC_OK ||
	    (r = eyes_open(&f->eyes, models_dir, &setup, err, err_n)) != RC_OK) {
		puppet_finder_close(f);
		return r;
	}
	*out = f;
	return RC_OK;
}

void
puppet_finder_close(struct puppet_finder *f)
{
	if (f == NULL)
		return;
	eyes_close(f->eyes);
	landmarks_close(f->landmarks);
	detector_close(f->detector);
	image_jpeg_close(f->jpeg);
	free(f);
}

/* The lids' twelve points come from the network that follows them. */
static enum rc
photo_lids(struct puppet_finder *f, struct image_pyramid *pyramid, const struct vision_box *box,
    float point[static VISION_LANDMARKS][2])
{
	float all[VISION_LANDMARKS][2], left, right;
	enum rc r;

	if ((r = eyes_run(f->eyes, pyramid, box, all, &left, &right)) == RC_OK)
		memcpy(point[EYES_FIRST], all[EYES_FIRST], EYES_POINTS * sizeof all[0]);
	return r;
}

/* Everybody else, to be blurred away; a second box on the same face is nobody else. */
static void
photo_others(struct puppet_photo *photo, const struct vision_box *box, uint32_t n, uint32_t face)
{
	for (uint32_t i = 0; i < n; i++) {
		float apart = fmaxf(fabsf(box[i].x + box[i].w / 2 - box[face].x - box[face].w / 2) / box[face].w,
		    fabsf(box[i].y + box[i].h / 2 - box[face].y - box[face].h / 2) / box[face].h);

		if (i != face && apart > 0.6f && photo->others < PUPPET_OTHERS_MAX)
			photo->other[photo->others++] = box[i];
	}
}

static enum rc
photo_face(struct puppet_finder *f, struct puppet_photo *photo)
{
	struct vision_box box[1 + PUPPET_OTHERS_MAX];
	struct image_pyramid pyramid = { 0 };
	uint32_t found = 0, face = 0;
	enum rc r;

	if ((r = image_pyramid_show(&pyramid, &photo->picture)) != RC_OK ||
	    (r = detector_run(f->detector, &pyramid, OTHER_LEAST, box, 1 + PUPPET_OTHERS_MAX, &found)) != RC_OK)
		goto out;
	while (face < found && box[face].score < FACE_LEAST)
		face++;
	if (face == found)
		r = RC_NO_FACE;
	else if (box[face].w < FACE_MIN_PX)
		r = RC_FACE_QUALITY;
	else if ((r = landmarks_run(f->landmarks, &pyramid, &box[face], photo->point)) == RC_OK)
		r = photo_lids(f, &pyramid, &box[face], photo->point);
	if (r == RC_OK)
		photo_others(photo, box, found, face);
out:
	image_pyramid_close(&pyramid);
	return r;
}

enum rc
puppet_finder_read(struct puppet_finder *f, const char *path, struct puppet_photo *photo, char *err, size_t err_n)
{
	enum rc r;

	*photo = (struct puppet_photo){ 0 };
	errno = 0;
	if ((r = image_jpeg_read_file(f->jpeg, path, PHOTO_FILE_MAX, &photo->picture)) != RC_OK) {
		snprintf(err, err_n, "%s: %s; a readable JPEG photograph is needed", path,
		    r == RC_IO && errno != 0 ? strerror(errno) : rc_text(r));
		return r;
	}
	if ((r = photo_face(f, photo)) != RC_OK) {
		snprintf(err, err_n, r == RC_FACE_QUALITY ?
		    "%s: %s: the face is smaller than 60 pixels; take a larger picture" :
		    "%s: %s; a photograph of one person from the front is needed", path, rc_text(r));
		puppet_photo_free(photo);
	}
	return r;
}
