# models: unit tests
cs_unit_test(test_model_wire unit/test_model_wire.c)
if(TARGET test_model_wire)
	target_link_libraries(test_model_wire PRIVATE cs_proto m)
endif()
