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
