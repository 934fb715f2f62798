//! Both services behind one door: /api/hls to video-edge, the rest to viewer-edge.
