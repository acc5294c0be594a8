# The face side of the server: liveness, match, capture, workers and their pool.
# Target: cs_capture, part of cs_server; it knows no database and no session.
# cs_cues: the passive cues, for tools too; cs_capture: the rest.
cs_library(cs_cues
	cue_depth.c
	cue_cut.c
	cue_feed.c
	cue_lamp.c
	cue_light.c
	cue_light_fit.c
	cue_loop.c
	cue_recall.c
	cue_rigid.c
	cue_solve.c
	cue_still.c
	cue_texture.c
	cue_trace.c
	cues.c
	cues_fuse.c
	light.c)
target_link_libraries(cs_cues PUBLIC cs_proto PRIVATE m)

cs_library(cs_capture
	capture.c
	capture_ask.c
	capture_face.c
	capture_look.c
	capture_out.c
	capture_picture.c
	capture_track.c
	live.c
	live_eyes.c
	live_head.c
	live_level.c
	live_mouth.c
	live_swing.c
	liveness.c
	liveness_answer.c
	liveness_plan.c
	liveness_settle.c
	liveness_text.c
	match.c
	match_rule.c
	privileges.c
	spawner.c
	vision_job.c
	vision_pool.c
	vision_queue.c
	worker.c
	worker_launch_direct.c
	worker_launch_spawner.c
	worker_pack.c)
target_link_libraries(cs_capture PUBLIC cs_calibration cs_cues cs_proto m)
target_link_libraries(cs_server PUBLIC cs_capture)
