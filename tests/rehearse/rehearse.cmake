# Whole captures in virtual time: a tool, and each scenario once as a test.
cs_program(countersign-rehearse
	rehearse/rehearse_cast.c
	rehearse/rehearse_main.c
	rehearse/rehearse_play.c)
target_link_libraries(countersign-rehearse PRIVATE cs_puppet cs_capture)
