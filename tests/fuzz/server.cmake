# server: fuzz targets
