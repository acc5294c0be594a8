# server: unit tests
cs_unit_test(test_config unit/test_config.c)
if(TARGET test_config)
	target_link_libraries(test_config PRIVATE cs_server)
endif()
