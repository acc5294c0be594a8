// peer_opencv.cpp - OpenCV's dnn beside our networks; speaks the words of bench_peer.h on stdin and stdout.
// SPDX-License-Identifier: Apache-2.0
//
//   countersign-peer-opencv THREADS
//
// Each time is that of one forward(), measured here, without what passes through the pipe.
#include <chrono>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <opencv2/dnn.hpp>

namespace {

cv::dnn::Net net;

void
answer(const float *numbers, size_t n)
{
	std::cout << "ok " << n << '\n';
	std::cout.write(reinterpret_cast<const char *>(numbers), static_cast<std::streamsize>(n * sizeof *numbers));
	std::cout.flush();
}

void
open(std::istream &words)
{
	int shape[4] = { 1, 0, 0, 0 };
	std::string path;

	words >> shape[1] >> shape[2] >> shape[3] >> std::ws;
	std::getline(words, path);
	cv::Mat input(4, shape, CV_32F);
	std::cin.read(reinterpret_cast<char *>(input.data), static_cast<std::streamsize>(input.total() * sizeof(float)));
	net = cv::dnn::readNetFromONNX(path);
	net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
	net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
	net.setInput(input);
	const cv::Mat out = net.forward();
	answer(out.ptr<float>(), out.total());
}

void
run(std::istream &words)
{
	size_t n = 0;

	words >> n;
	std::vector<float> ms(n);
	for (float &one : ms) {
		const auto start = std::chrono::steady_clock::now();

		(void)net.forward();
		one = std::chrono::duration<float, std::milli>(std::chrono::steady_clock::now() - start).count();
	}
	answer(ms.data(), n);
}

}

int
main(int argc, char **argv)
{
	std::string line, word;

	if (argc != 2)
		return 2;
	cv::setNumThreads(std::stoi(argv[1]));
	while (std::getline(std::cin, line)) {
		std::istringstream words(line);

		words >> word;
		try {
			if (word == "open")
				open(words);
			else
				run(words);
		} catch (const std::exception &e) {
			const std::string why = e.what();

			std::cout << "error " << why.substr(0, why.find('\n')) << std::endl;
		}
	}
	return 0;
}
