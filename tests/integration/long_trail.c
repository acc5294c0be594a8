/*
 * long_trail.c - records are hashed here and taken in by the database from a
 * file, twenty thousand in a statement.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "proto/crypto.h"
#include "tests/integration/long_trail.h"

#define CHUNK 20000	/* records in one statement, far below the connection's patience */

struct lane {
	char     name[LANE_NAME_BYTES];
	uint64_t id, seq;
	uint8_t  hash[DIGEST_BYTES];
};

static void
must(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "a long trail cannot be made: %s\n", what);
	exit(1);
}

static void
lane_begin(struct private_db *db, struct lane *l, int number)
{
	char sql[512];

	snprintf(l->name, sizeof l->name, "test/long-%d", number);
	snprintf(sql, sizeof sql, "INSERT INTO audit_lane (name, seq, hash) VALUES ('%s', 0, REPEAT(CHAR(0), 32))", l->name);
	must(private_db_sql(db, "root", sql) == 0, sql);
	snprintf(sql, sizeof sql, "SELECT CAST(id AS SIGNED) FROM audit_lane WHERE name = '%s'", l->name);
	l->id = (uint64_t)private_db_number(db, sql);
	audit_lane_root(l->id, l->name, l->hash);
}

static void
lane_end(struct private_db *db, const struct lane *l)
{
	char sql[512], hash[2 * DIGEST_BYTES + 1];

	hex_put(l->hash, DIGEST_BYTES, hash);
	snprintf(sql, sizeof sql, "UPDATE audit_lane SET seq = %" PRIu64 ", hash = UNHEX('%s') WHERE id = %" PRIu64, l->seq, hash, l->id);
	must(private_db_sql(db, "root", sql) == 0, sql);
}

static struct audit_event
event_of(const struct long_trail *t, long i)
{
	struct audit_event e = { .at_ms = t->from_ms + i * t->every_ms,
	    .action = i % LONG_SELDOM == 0 ? AUDIT_TRAIL_VERIFY : AUDIT_TRANSFER_POST,
	    .outcome = i % LONG_REFUSED == 0 ? RC_CODE_WRONG : RC_OK,
	    .person = i <= LONG_FEW ? t->rare_person : t->person + 1 + (uint64_t)(i % LONG_PEOPLE),
	    .terminal = i <= LONG_FEW ? t->rare_terminal : t->terminal + 1 + (uint64_t)(i % LONG_TERMINALS) };

	memset(e.session, (int)(i % 251), sizeof e.session);
	snprintf(e.subject, sizeof e.subject, "subject %ld", i);
	snprintf(e.detail, sizeof e.detail, "12.50 EUR to XC92 0001 8709 9263 17, journal %ld", i);
	return e;
}

static void
record_write(FILE *f, struct lane *l, const struct audit_event *e)
{
	struct audit_record r = { .lane = l->id, .seq = ++l->seq, .event = *e };
	char session[2 * ID_BYTES + 1], prev[2 * DIGEST_BYTES + 1], hash[2 * DIGEST_BYTES + 1];

	memcpy(r.prev, l->hash, DIGEST_BYTES);
	audit_record_hash(&r, r.hash);
	memcpy(l->hash, r.hash, DIGEST_BYTES);
	hex_put(e->session, ID_BYTES, session);
	hex_put(r.prev, DIGEST_BYTES, prev);
	hex_put(r.hash, DIGEST_BYTES, hash);
	fprintf(f, "%" PRIu64 "\t%" PRIu64 "\t%" PRId64 "\t%d\t%d\t%" PRIu64 "\t%" PRIu64 "\t%s\t%s\t%s\t%s\t%s\n", r.lane, r.seq, e->at_ms,
	    e->action, e->outcome, e->person, e->terminal, session, e->subject, e->detail, prev, hash);
}

void
long_trail_make(struct private_db *db, const struct long_trail *t)
{
	struct lane lane[LONG_LANES];
	char path[128], sql[512];
	struct audit_event e;
	FILE *f;

	/* the only folder that the database reads files from */
	snprintf(path, sizeof path, "%s/db/tmp/records", db->dir);
	snprintf(sql, sizeof sql, "LOAD DATA INFILE '%s' INTO TABLE audit_record CHARACTER SET binary (lane, seq, at_ms, action, outcome,"
	    " person, terminal, @session, subject, detail, @prev, @hash)"
	    " SET session = UNHEX(@session), prev = UNHEX(@prev), hash = UNHEX(@hash)", path);
	for (int k = 0; k < LONG_LANES; k++) {
		lane[k] = (struct lane){ 0 };
		lane_begin(db, &lane[k], k);
	}
	for (long i = 1; i <= t->records;) {
		must((f = fopen(path, "w")) != NULL && chmod(path, 0644) == 0, path);
		for (long n = 0; n < CHUNK && i <= t->records; n++, i++) {
			e = event_of(t, i);
			record_write(f, &lane[i % LONG_LANES], &e);
		}
		must(fclose(f) == 0, path);
		must(private_db_sql(db, "root", sql) == 0, sql);
	}
	(void)remove(path);
	for (int k = 0; k < LONG_LANES; k++)
		lane_end(db, &lane[k]);
}
