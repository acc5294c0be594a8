/*
 * node.c - wiring.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/gateway.h"
#include "server/node.h"
#include "server/notify.h"
#include "server/seal.h"
#include "server/trail.h"
#include "server/vision_pool.h"

#define NODE_GATEWAY_DB_MS 1000	/* all terminals wait for the gateway */

enum node_lane { LANE_NODE, LANE_GATEWAY, LANE_NOTIFY, LANE_SEAL, LANE_TRAIL, LANE_DESKS };

struct node {
	struct office office;
	struct vault *vault;
	uint8_t curve[KEY_BYTES];
	struct stores *stores[LANE_DESKS + CONFIG_DESKS_MAX];	/* until a part has taken them */
	struct gateway *gateway;
	struct notify *notify;
	struct worker_command command;
	struct worker_launcher direct;
	const struct worker_launcher *launcher;
	struct vision_pool *vision;
	struct seal_keeper *seal;
	struct desk *desk[CONFIG_DESKS_MAX];
	bool started;
};

static void
node_lane_name(const struct config *c, size_t lane, char *dst, size_t n)
{
	static const char *const names[LANE_DESKS] = {
		[LANE_NODE] = "node", [LANE_GATEWAY] = "gateway", [LANE_NOTIFY] = "notify", [LANE_SEAL] = "seal",
		[LANE_TRAIL] = "trail",
	};

	if (lane < LANE_DESKS)
		snprintf(dst, n, "%.24s/%s", c->node, names[lane]);
	else
		snprintf(dst, n, "%.24s/desk-%02zu", c->node, (lane - LANE_DESKS) % 100);
}

static enum rc
node_open_stores(struct node *n, char *err, size_t err_n)
{
	const struct config *c = n->office.config;
	char password[CONFIG_TEXT_BYTES] = "", lane[LANE_NAME_BYTES];
	struct store_options o = {
		.socket = c->database.socket[0] != '\0' ? c->database.socket : NULL, .host = c->database.host,
		.port = (uint16_t)c->database.port, .user = c->database.user, .password = password,
		.database = c->database.name, .lane = lane, .branch = (uint32_t)c->branch,
		.clock = n->office.clock, .rng = n->office.rng, .log = n->office.log,
	};
	enum rc r = RC_OK;

	if (c->database.password_file[0] != '\0')
		r = config_secret(c->database.password_file, password, sizeof password, err, err_n);
	for (size_t i = 0; i < LANE_DESKS + (size_t)c->desks && r == RC_OK; i++) {
		node_lane_name(c, i, lane, sizeof lane);
		o.timeout_ms = (int)c->database.timeout_ms;
		if (i == LANE_GATEWAY && o.timeout_ms > NODE_GATEWAY_DB_MS)
			o.timeout_ms = NODE_GATEWAY_DB_MS;
		r = stores_open(&o, &n->stores[i], err, err_n);
	}
	crypto_wipe(password, sizeof password);
	return r;
}

/* What the faces are looked at with. */
static enum rc
node_open_models(struct node *n, char *err, size_t err_n)
{
	const struct config *c = n->office.config;
	enum rc r;

	if (c->vision.program[0] == '\0' || c->vision.models[0] == '\0') {
		snprintf(err, err_n, "vision.program and vision.models are not set; name the program countersign-vision and the folder of its models");
		return RC_CONFIG;
	}
	if ((r = match_rule_open(&n->office.match, c->vision.models, c->match_fmr, err, err_n)) != RC_OK)
		return r;
	return known_open(&n->office.known, &n->office.match.by, match_rule_cosine(&n->office.match, c->match_gallery_fmr));
}

static enum rc
node_read_curve(struct node *n, char *err, size_t err_n)
{
	char path[CONFIG_PATH_BYTES];
	enum rc r;

	if ((r = config_key_path(n->office.config, "server.curve", path)) != RC_OK) {
		snprintf(err, err_n, "the path of the keys is too long");
		return r;
	}
	return keyfile_read(path, "curve", n->curve, sizeof n->curve, err, err_n);
}

/* deploy/mariadb/private keeps the password of the database's root beside its socket. */
static bool
node_is_one_account(const struct config *c)
{
	const char *slash = strrchr(c->database.socket, '/');
	char path[CONFIG_PATH_BYTES + sizeof "/root.password"];

	if (slash == NULL)
		return false;
	snprintf(path, sizeof path, "%.*s/root.password", (int)(slash - c->database.socket), c->database.socket);
	return access(path, R_OK) == 0;
}

enum rc
node_open(const struct config *c, struct log *l, const struct worker_launcher *launcher, struct node **out, char *err,
    size_t err_n)
{
	struct node *n = calloc(1, sizeof *n);
	enum rc r = RC_NOMEM;

	snprintf(err, err_n, "%s", rc_text(r));
	if (n == NULL)
		return r;
	n->office = (struct office){ .config = c, .clock = clock_system(), .rng = rng_system(), .log = l,
		.one_account = node_is_one_account(c) };
	n->command = (struct worker_command){ .program = c->vision.program, .models = c->vision.models,
		.user = c->vision.user, .precision = c->vision.precision };
	n->direct = worker_launch_direct(&n->command);
	n->launcher = launcher != NULL ? launcher : &n->direct;
	if ((r = node_open_models(n, err, err_n)) != RC_OK ||
	    (r = node_read_curve(n, err, err_n)) != RC_OK || (r = seal_check(&n->office, err, err_n)) != RC_OK ||
	    (r = vault_open(c, n->office.rng, &n->vault, err, err_n)) != RC_OK)
		goto out;
	n->office.vault = n->vault;
	if ((r = node_open_stores(n, err, err_n)) != RC_OK)
		goto out;
	*out = n;
	return RC_OK;
out:
	node_close(n);
	return r;
}

/* Hands a bundle to the part that has taken it. */
static enum rc
node_given(struct node *n, size_t lane, enum rc r)
{
	if (r == RC_OK)
		n->stores[lane] = NULL;
	return r;
}

/* The workers' weights, once for all of them; a spawner has packed them by itself. */
static void
node_pack_weights(struct node *n)
{
	char why[CONFIG_ERR_BYTES] = "";

	if (n->launcher == &n->direct && worker_pack_direct(&n->command, &n->command.weights, why, sizeof why) != RC_OK)
		log_line(n->office.log, LOG_LEVEL_WARN, "vision", "the weights cannot be packed, each worker packs its own: %s", why);
}

static enum rc
node_start_vision(struct node *n, char *err, size_t err_n)
{
	const struct config *c = n->office.config;
	const struct vision_pool_options o = {
		.ctx = n->office.link, .clock = n->office.clock, .launcher = n->launcher,
		.program = c->vision.program, .workers = (uint32_t)c->vision.workers, .deadline_ms = c->vision.deadline_ms,
		.expect = &n->office.match.by, .log = n->office.log,
	};

	node_pack_weights(n);
	return vision_pool_start(&o, &n->vision, err, err_n);
}

/* The faces of all customers, before anybody can be enrolled. */
static enum rc
node_load_faces(struct node *n, char *err, size_t err_n)
{
	struct person_store *s = &n->stores[LANE_NODE]->person;
	struct known_count count;
	enum rc r;

	if ((r = known_load(n->office.known, s, n->vault, n->office.log, &count, err, err_n)) != RC_OK)
		return r;
	log_line(n->office.log, count.bad > 0 ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, "known",
	    "%u faces are enrolled, %u more by another embedder, %u that cannot be opened", count.faces, count.others,
	    count.bad);
	return RC_OK;
}

static enum rc
node_start_desks(struct node *n, char *err, size_t err_n)
{
	enum rc r = RC_OK;

	for (uint32_t i = 0; i < (uint32_t)n->office.config->desks && r == RC_OK; i++)
		r = node_given(n, LANE_DESKS + i, desk_start(&n->office, i, n->stores[LANE_DESKS + i], &n->desk[i]));
	if (r != RC_OK)
		snprintf(err, err_n, "a desk cannot be started: %s", rc_text(r));
	return r;
}

static enum rc
node_record(struct node *n, enum audit_action a, const char *words)
{
	struct audit_store *s = &n->stores[LANE_NODE]->audit;
	struct audit_event ev = { .action = a, .outcome = RC_OK, .at_ms = clock_utc_ms(n->office.clock) };

	snprintf(ev.subject, sizeof ev.subject, "%.60s", n->office.config->node);
	snprintf(ev.detail, sizeof ev.detail, "%s", words);
	return s->ops->append(s, &ev);
}

enum rc
node_start(struct node *n, char *err, size_t err_n)
{
	enum rc r;

	snprintf(err, err_n, "%s", rc_text(RC_NOMEM));
	if ((n->office.link = link_ctx_new()) == NULL)
		return RC_NOMEM;
	if ((r = node_given(n, LANE_GATEWAY, gateway_open(&n->office, n->curve, n->stores[LANE_GATEWAY], &n->gateway, err,
	    err_n))) != RC_OK ||
	    (r = node_given(n, LANE_NOTIFY, notify_start(&n->office, n->stores[LANE_NOTIFY], &n->notify, err, err_n))) != RC_OK ||
	    (r = node_load_faces(n, err, err_n)) != RC_OK || (r = node_start_vision(n, err, err_n)) != RC_OK ||
	    (r = node_given(n, LANE_SEAL, seal_start(&n->office, n->stores[LANE_SEAL], &n->seal, err, err_n))) != RC_OK ||
	    (r = node_given(n, LANE_TRAIL, trail_start(&n->office, n->stores[LANE_TRAIL], &n->office.trail, err, err_n))) != RC_OK ||
	    (r = node_start_desks(n, err, err_n)) != RC_OK)
		return r;
	if ((r = node_record(n, AUDIT_SERVER_START, "version " COUNTERSIGN_VERSION)) != RC_OK ||
	    (r = gateway_start(n->gateway)) != RC_OK)
		snprintf(err, err_n, "the start cannot be completed: %s", rc_text(r));
	n->started = r == RC_OK;
	return r;
}

void
node_close(struct node *n)
{
	if (n == NULL)
		return;
	if (n->office.link != NULL)
		link_ctx_shutdown(n->office.link);
	gateway_stop(n->gateway);
	for (size_t i = 0; i < CONFIG_DESKS_MAX; i++)
		desk_stop(n->desk[i]);
	trail_stop(n->office.trail);
	vision_pool_stop(n->vision);
	notify_stop(n->notify);
	if (n->started && node_record(n, AUDIT_SERVER_STOP, "stopped by the operator") != RC_OK)
		log_line(n->office.log, LOG_LEVEL_WARN, "main", "the stop could not be recorded");
	seal_stop(n->seal);
	for (size_t i = 0; i < LANE_DESKS + CONFIG_DESKS_MAX; i++)
		stores_close(n->stores[i]);
	link_ctx_free(n->office.link);
	vault_free(n->vault);
	known_close(n->office.known);
	match_rule_close(&n->office.match);
	if (n->command.weights > 0)
		close(n->command.weights);
	crypto_wipe(n, sizeof *n);
	free(n);
}
