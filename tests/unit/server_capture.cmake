# server: unit tests of the face side
function(cs_capture_test name)
	cs_unit_test(${name} unit/${name}.c ${ARGN})
	if(TARGET ${name})
		target_link_libraries(${name} PRIVATE cs_capture)
	endif()
endfunction()

cs_capture_test(test_capture unit/fake_person.c)
cs_capture_test(test_liveness unit/fake_person.c)
cs_capture_test(test_match)
