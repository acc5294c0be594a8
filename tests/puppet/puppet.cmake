# A person made from a photograph, for tests and for a demo without a camera.
# cs_puppet is a library of the tests: no program of the product links it.
cs_library(cs_puppet
	puppet/puppet.c
	puppet/puppet_head.c
	puppet/puppet_motion.c
	puppet/puppet_paint.c
	puppet/puppet_photo.c
	puppet/puppet_plate.c
	puppet/puppet_warp.c)
target_link_libraries(cs_puppet PUBLIC cs_models cs_proto m)
