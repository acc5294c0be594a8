# server: fuzz targets
cs_fuzz_target(fuzz_request fuzz/fuzz_request.c unit/fake_call.c unit/fake_stores.c)
if(TARGET fuzz_request)
	cs_foreign(fuzz_request cmocka)
	target_link_libraries(fuzz_request PRIVATE cs_server)
	target_include_directories(fuzz_request PRIVATE ${CMAKE_SOURCE_DIR}/tests)
endif()

cs_fuzz_target(fuzz_trace fuzz/fuzz_trace.c)
if(TARGET fuzz_trace)
	target_link_libraries(fuzz_trace PRIVATE cs_cues)
endif()

cs_fuzz_target(fuzz_policy fuzz/fuzz_policy.c)
if(TARGET fuzz_policy)
	target_link_libraries(fuzz_policy PRIVATE cs_server)
endif()
