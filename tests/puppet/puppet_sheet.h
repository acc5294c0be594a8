/*
 * puppet_sheet.h - a sheet of paper or a flat screen in space before the room:
 * turned, moved and bent as a cylinder, seen in perspective.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is on the sheet is a picture of the camera's size, of which a rectangle
 * is the sheet; facing the camera at rest it is seen pixel for pixel.
 * Threads: none; a sheet belongs to its caller.
 */
#ifndef PUPPET_SHEET_H
#define PUPPET_SHEET_H

#include "models/image.h"
#include "proto/rc.h"
#include "tests/puppet/puppet_warp.h"

struct puppet_sheet {
	struct puppet_grid grid;
	struct image_rect rect;		/* the sheet within its picture */
};

struct puppet_sheet_pose {
	float yaw, pitch, roll;	/* degrees, signs as in struct puppet_pose */
	float dx, dy;		/* pixels */
	float scale;
	float bend;		/* 0 flat; .3: the edges come about a seventh of the width nearer, < 0: go away */
};

enum rc puppet_sheet_make(struct puppet_sheet *s, uint32_t width, uint32_t height, const struct image_rect *rect) MUST_CHECK;
void    puppet_sheet_free(struct puppet_sheet *s);	/* safe on a zeroed struct */

void    puppet_sheet_place(struct puppet_sheet *s, const struct puppet_sheet_pose *pose);
/* on: the sheet's picture; around it the room. All of the sheet's size. */
void    puppet_sheet_draw(const struct puppet_sheet *s, const struct image *on, const struct image *room, struct image *to);
/* Sets lit at every vertex of the grid ([rows][columns]): how much of it is sheet, times share. */
void    puppet_sheet_lit(const struct puppet_sheet *s, float share, float *lit);

#endif
