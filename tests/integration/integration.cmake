# Tests against real services that they start themselves, in folders of their own, one at a time.
#   cs_integration_test(NAME LIBRARY...)   NAME.c, a cmocka program run by ctest with label "integration"
if(COUNTERSIGN_BUILD STREQUAL "fuzz")
	return()
endif()

# What the tests stand on: a private database with a bank in it ...
cs_library(cs_test_bank integration/bank.c integration/long_trail.c integration/private_db.c)
cs_foreign(cs_test_bank cmocka)
target_link_libraries(cs_test_bank PUBLIC cs_db)

# ... and the real server over it, with terminals, and people made from photographs.
cs_library(cs_test_branch integration/admin_at.c integration/client.c integration/person.c integration/prompt.c
	integration/server.c integration/staff.c integration/story.c)
cs_foreign(cs_test_branch cmocka)
target_link_libraries(cs_test_branch PUBLIC cs_test_bank cs_server cs_puppet)
add_dependencies(cs_test_branch countersignd countersign-vision countersign-admin)

function(cs_integration_test name)
	cs_program(${name} integration/${name}.c)
	cs_foreign(${name} cmocka)
	target_link_libraries(${name} PRIVATE ${ARGN})
	add_test(NAME ${name} COMMAND ${name})
	set_tests_properties(${name} PROPERTIES LABELS integration TIMEOUT 300 RUN_SERIAL ON
		ENVIRONMENT "${CS_TEST_ENVIRONMENT}")
endfunction()

foreach(test people codes ledger crash audit migrate exceptions roles batches unfinished batch_crash holds approvals reversals events)
	cs_integration_test(test_db_${test} cs_test_bank)
endforeach()
cs_integration_test(test_admin cs_test_bank)
add_dependencies(test_admin countersign-admin)

foreach(test exceptions roles holds reversals evidence events long_trail trail batches door server inject)
	cs_integration_test(test_${test} cs_test_branch)
endforeach()
