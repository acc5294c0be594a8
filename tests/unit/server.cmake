# server: unit tests
function(cs_server_test name)
	cs_unit_test(${name} ${ARGN})
	if(TARGET ${name})
		target_link_libraries(${name} PRIVATE cs_server)
		target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
	endif()
endfunction()

cs_server_test(test_config unit/test_config.c)
cs_server_test(test_session unit/test_session.c unit/fake_stores.c)
cs_server_test(test_otp unit/test_otp.c unit/fake_stores.c)
cs_server_test(test_vault unit/test_vault.c)
cs_server_test(test_auth unit/test_auth.c unit/fake_stores.c)
cs_server_test(test_dispatch unit/test_dispatch.c unit/fake_call.c unit/fake_stores.c)
cs_server_test(test_transfer unit/test_transfer.c unit/fake_call.c unit/fake_stores.c)
cs_server_test(test_gate unit/test_gate.c unit/fake_stores.c)
cs_server_test(test_notify unit/test_notify.c unit/fake_stores.c)

# The whole server over a private database, with people made from photographs.
if(NOT COUNTERSIGN_BUILD STREQUAL "fuzz")
	cs_program(test_server integration/test_server.c integration/client.c integration/person.c
		integration/private_db.c integration/server.c)
	cs_foreign(test_server cmocka)
	target_link_libraries(test_server PRIVATE cs_server cs_puppet)
	add_dependencies(test_server countersignd countersign-vision countersign-admin)
	add_test(NAME test_server COMMAND test_server)
	set_tests_properties(test_server PROPERTIES LABELS integration TIMEOUT 300 RUN_SERIAL ON
		ENVIRONMENT "${CS_TEST_ENVIRONMENT}")
endif()
