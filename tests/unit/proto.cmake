# proto: unit tests
function(cs_proto_test name)
	cs_unit_test(${name} unit/${name}.c ${ARGN})
	if(TARGET ${name})
		target_link_libraries(${name} PRIVATE cs_proto)
	endif()
endfunction()

cs_proto_test(test_link unit/link_rig.c)
cs_proto_test(test_link_flow unit/link_rig.c)
cs_proto_test(test_msg unit/msg_sample.c)
cs_proto_test(test_proto_text)
cs_proto_test(test_money)
