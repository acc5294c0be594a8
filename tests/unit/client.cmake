# client: unit tests
cs_unit_test(test_screen_flow unit/test_screen_flow.c unit/screen_rig.c)
target_link_libraries(test_screen_flow PRIVATE cs_client)
