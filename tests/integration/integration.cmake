# Tests against real services that they start themselves, in folders of their own.
#   cs_integration_test(NAME SOURCES...)   a cmocka program run by ctest with label "integration", one at a time
function(cs_integration_test name)
	if(NOT COUNTERSIGN_TESTS OR COUNTERSIGN_BUILD STREQUAL "fuzz")
		return()
	endif()
	cs_program(${name} ${ARGN})
	cs_foreign(${name} cmocka)
	add_test(NAME ${name} COMMAND ${name})
	set_tests_properties(${name} PROPERTIES LABELS integration TIMEOUT 300 RUN_SERIAL ON
		ENVIRONMENT "${CS_TEST_ENVIRONMENT}")
endfunction()

foreach(test test_db_people test_db_codes test_db_ledger test_db_crash test_db_audit test_db_migrate test_db_exceptions
	test_db_roles test_db_batches test_db_batch_crash test_db_holds test_db_reversals test_db_events
	test_admin)
	cs_integration_test(${test} integration/${test}.c integration/bank.c integration/private_db.c)
	if(TARGET ${test})
		target_link_libraries(${test} PRIVATE cs_db)
	endif()
endforeach()
if(TARGET test_db_events)
	target_sources(test_db_events PRIVATE integration/long_trail.c)
endif()
if(TARGET test_admin)
	add_dependencies(test_admin countersign-admin)
endif()

# Exceptions and approvals: countersign-admin at a terminal, then the server.
cs_integration_test(test_exceptions integration/test_exceptions.c integration/admin_at.c integration/bank.c integration/client.c
	integration/person.c integration/private_db.c integration/prompt.c integration/server.c)
if(TARGET test_exceptions)
	target_link_libraries(test_exceptions PRIVATE cs_server cs_puppet)
	add_dependencies(test_exceptions countersignd countersign-vision countersign-admin)
endif()

# Roles, consoles and what supervisors do: countersign-admin at a terminal, then the server.
cs_integration_test(test_roles integration/test_roles.c integration/staff.c integration/admin_at.c integration/bank.c
	integration/client.c integration/person.c integration/private_db.c integration/prompt.c integration/server.c)
if(TARGET test_roles)
	target_link_libraries(test_roles PRIVATE cs_server cs_puppet)
	add_dependencies(test_roles countersignd countersign-vision countersign-admin)
endif()

# Transfers in two steps: held at the branch, decided at the audit console.
cs_integration_test(test_holds integration/test_holds.c integration/staff.c integration/admin_at.c integration/bank.c
	integration/client.c integration/person.c integration/private_db.c integration/prompt.c integration/server.c)
if(TARGET test_holds)
	target_link_libraries(test_holds PRIVATE cs_server cs_puppet)
	add_dependencies(test_holds countersignd countersign-vision countersign-admin)
endif()

# Posted transactions taken back.
cs_integration_test(test_reversals integration/test_reversals.c integration/staff.c integration/admin_at.c integration/bank.c
	integration/client.c integration/person.c integration/private_db.c integration/prompt.c integration/server.c)
if(TARGET test_reversals)
	target_link_libraries(test_reversals PRIVATE cs_server cs_puppet)
	add_dependencies(test_reversals countersignd countersign-vision countersign-admin)
endif()

# Pictures of judged captures at the audit console.
cs_integration_test(test_evidence integration/test_evidence.c integration/staff.c integration/admin_at.c integration/bank.c
	integration/client.c integration/person.c integration/private_db.c integration/prompt.c integration/server.c)
if(TARGET test_evidence)
	target_link_libraries(test_evidence PRIVATE cs_server cs_puppet)
	add_dependencies(test_evidence countersignd countersign-vision countersign-admin)
endif()

# The audit trail at its console: followed and searched.
cs_integration_test(test_events integration/test_events.c integration/staff.c integration/admin_at.c integration/bank.c
	integration/client.c integration/person.c integration/private_db.c integration/prompt.c integration/server.c)
if(TARGET test_events)
	target_link_libraries(test_events PRIVATE cs_server cs_puppet)
	add_dependencies(test_events countersignd countersign-vision countersign-admin)
endif()

# The state of the audit trail: the server checks it by itself.
cs_integration_test(test_trail integration/test_trail.c integration/staff.c integration/admin_at.c integration/bank.c
	integration/client.c integration/person.c integration/private_db.c integration/prompt.c integration/server.c)
if(TARGET test_trail)
	target_link_libraries(test_trail PRIVATE cs_server cs_puppet)
	add_dependencies(test_trail countersignd countersign-vision countersign-admin)
endif()

# Batches: a maker and a checker at the back-office console.
cs_integration_test(test_batches integration/test_batches.c integration/admin_at.c integration/bank.c integration/client.c
	integration/person.c integration/private_db.c integration/prompt.c integration/server.c)
if(TARGET test_batches)
	target_link_libraries(test_batches PRIVATE cs_server cs_puppet)
	add_dependencies(test_batches countersignd countersign-vision countersign-admin)
endif()

# The whole server over a private database, with people made from photographs.
cs_integration_test(test_server integration/test_server.c integration/client.c integration/person.c
	integration/private_db.c integration/server.c)
if(TARGET test_server)
	target_link_libraries(test_server PRIVATE cs_server cs_puppet)
	add_dependencies(test_server countersignd countersign-vision countersign-admin)
endif()

# A terminal's key in the wrong hands: pictures that no camera took.
cs_integration_test(test_inject integration/test_inject.c integration/client.c integration/private_db.c integration/server.c)
if(TARGET test_inject)
	target_link_libraries(test_inject PRIVATE cs_server cs_puppet)
	add_dependencies(test_inject countersignd countersign-vision countersign-admin)
endif()
