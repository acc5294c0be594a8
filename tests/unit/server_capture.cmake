# server: unit tests of the face side
function(cs_capture_test name)
	cs_unit_test(${name} unit/${name}.c ${ARGN})
	if(TARGET ${name})
		target_link_libraries(${name} PRIVATE cs_capture)
	endif()
endfunction()

cs_capture_test(test_capture unit/fake_person.c)
cs_capture_test(test_liveness unit/fake_person.c)
cs_capture_test(test_cues_fuse)
cs_capture_test(test_match)

# A worker that misbehaves on command.
if(NOT COUNTERSIGN_BUILD STREQUAL "fuzz")
	cs_program(fake_worker unit/fake_worker.c)
	target_link_libraries(fake_worker PRIVATE cs_proto)
endif()
foreach(name test_spawner test_worker test_vision_pool)
	cs_capture_test(${name})
	if(TARGET ${name} AND TARGET fake_worker)
		add_dependencies(${name} fake_worker)
	endif()
endforeach()
